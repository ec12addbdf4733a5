/** What a model is called wherever a person reads it: on the screen, at the command line, in reports and exports. Pure. */
import { checkpointWords, runModelOf } from './run-model'

/** What is known of a model that was trained here. */
export interface ModelOrigin {
  /** Where its weights began: the id of a model that was not trained here, null from zero, run:N of a run that is gone. */
  readonly origin: string | null
  /** Its size, as `parseModel` reads it: R50x1 … or units:1-1-1-1,width:0.5+bn */
  readonly model: string
}

/** Depths that the literature has names for beside the paper's own three: 3 layers a unit, one before and one behind. */
const namedDepths: Readonly<Record<string, number>> = { '1-1-1-1': 14, '2-2-2-2': 26 }

/** 'units:1-1-1-1,width:0.5' → 'R14x0.5', 'units:2-3-4-2,width:1' → '2-3-4-2 × 1', 'R50x1+bn' → 'R50x1, BatchNorm'. */
export function sizeWords(model: string): string {
  return [shortSize(model), ...layerWords(model)].join(', ')
}

/** 'BiT-Tiny', 'BiT-M-R50x1', 'R50x1 from zero'; the size alone where the run that it started from is gone; '' of what was trained elsewhere. */
export function startWords({ origin, model }: ModelOrigin): string {
  if (origin === null && model === '') return ''
  if (origin === null) return [`${shortSize(model)} from zero`, ...layerWords(model)].join(', ')
  return isRun(origin) ? sizeWords(model) : modelIdWords(origin)
}

/** 'BiT-Tiny fine-tuned on flowers', 'BiT-Tiny with a new head for flowers', 'R50x1 from zero on flowers'. */
export function trainedWords(
  known: ModelOrigin & { readonly datasetName: string; readonly linearProbe: boolean },
): string {
  const how = known.origin === null ? 'on' : known.linearProbe ? 'with a new head for' : 'fine-tuned on'
  return `${startWords(known)} ${how} ${known.datasetName}`
}

/** As startWords in the shortest form, for names of runs and files: 'BiT-Tiny', 'R50x1', 'R14x0.5-bn'. */
export function startSlug({ origin, model }: ModelOrigin): string {
  if (origin !== null && !isRun(origin)) return modelIdWords(origin)
  return [shortSize(model).replace(' × ', 'x'), ...model.split('+').slice(1)].join('-')
}

/** An id alone: 'embedded:bit-tiny' → 'BiT-Tiny', 'run:12@400' → 'run 12, step 400', a file's name without its folder and its end, a published name. */
export function modelIdWords(id: string): string {
  const ofRun = runModelOf(id)
  if (ofRun !== null) return `run ${String(ofRun.runId)}${checkpointWords(ofRun.which)}`
  const [, origin = '', rest = id] = /^(\w+):(.*)$/s.exec(id) ?? []
  if (origin === 'embedded')
    // The sizes of clothes are written large, words with their first letter.
    return rest.replace(
      /^bit-(.)(.*)/,
      (_, first: string, more: string) =>
        `BiT-${first.toUpperCase()}${more.length < 2 ? more.toUpperCase() : more}`,
    )
  if (origin !== 'path') return rest
  const file = rest.split(/[/\\]/).at(-1) ?? rest
  return file.replace(/(?<=.)\.(?:npz|safetensors)$/i, '')
}

function isRun(id: string): boolean {
  return id.startsWith('run:')
}

function shortSize(model: string): string {
  const size = model.split('+', 1)[0] ?? model
  const [, units, width] = /^units:([\d-]+),\s*width:([\d.]+)$/.exec(size) ?? []
  if (units === undefined || width === undefined) return size
  const depth = namedDepths[units]
  return depth === undefined ? `${units} × ${width}` : `R${String(depth)}x${width}`
}

function layerWords(model: string): string[] {
  const names: Readonly<Record<string, string>> = { bn: 'BatchNorm', plain: 'plain convolutions' }
  return model
    .split('+')
    .slice(1)
    .map((layer) => names[layer] ?? layer)
}
