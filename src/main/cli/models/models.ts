/** The zoo: list, show, add, remove, download. */
import type { ModelEntry } from '../../../contract/entities/model'
import { WorkbenchError } from '../../../contract/errors'
import { formatParameters, formatPx } from '../../../domain/figures'
import { sizeWords } from '../../../domain/model/model-names'
import type { CliContext } from '../context'
import { findDataset } from '../datasets/find'
import { followToEnd } from '../follow-task'
import { bytes, count, duration, table } from '../text/format'
import { findModelId } from './model-id'
import { withAnyCore, withReading } from '../machine/open'
import { pathArgument } from '../path-argument'

/** With the cost of fine-tuning each on a dataset, where one is named. */
export async function runModels(context: CliContext, dataset: string | undefined): Promise<number> {
  const { output } = context
  const models = await withReading(context, 'models', async (call) => {
    const datasetId = dataset === undefined ? null : (await findDataset(call, dataset)).id
    return call('models.list', { datasetId })
  })
  for (const model of models) output.record({ type: 'model', model })
  const costs = dataset === undefined ? [] : ['memory', 'time']
  const head = ['model', 'name', 'size', 'classes', 'parameters', 'GMAC', 'file', 'state', ...costs]
  const rows = models.map((model) => [...rowOf(model), ...(dataset === undefined ? [] : costOf(model))])
  output.print(table([head, ...rows], [3, 4, 5, 6, 8, 9]))
  return 0
}

export async function runShowModel(context: CliContext, wanted: string): Promise<number> {
  const { output } = context
  const { model, card, classNames } = await withReading(context, 'models', async (call) =>
    call('models.get', { id: await findModelId(call, wanted) }),
  )
  output.record({ type: 'model', model, card, classNames })
  output.print(factsText(model, classNames))
  if (card !== '') output.print(`\n${card.trimEnd()}`)
  return 0
}

export async function runAddModel(context: CliContext, path: string): Promise<number> {
  const { output } = context
  const file = pathArgument(path)
  const model = await withAnyCore(context, 'models', (core) => core.call('models.add', { path: file }))
  output.record({ type: 'model', model })
  output.print(factsText(model, null))
  return 0
}

export async function runRemoveModel(context: CliContext, wanted: string): Promise<number> {
  const id = await withAnyCore(context, 'models', async (core) => {
    const found = await findModelId(core.call, wanted)
    await core.call('models.remove', { id: found })
    return found
  })
  context.output.record({ type: 'model-removed', id })
  context.output.print(
    id.startsWith('path:') ? 'Removed from the list; the file stays where it is.' : 'Deleted.',
  )
  return 0
}

export async function runDownloadModel(context: CliContext, wanted: string): Promise<number> {
  const { output } = context
  return withAnyCore(context, 'models', async (core) => {
    const id = await findModelId(core.call, wanted)
    const { taskId } = await core.call('models.download', { id })
    const { note } = await followToEnd(context, core, taskId).catch((thrown: unknown) => {
      if (!(thrown instanceof WorkbenchError) || thrown.code !== 'cancelled') throw thrown
      throw new WorkbenchError(
        'cancelled',
        thrown.message,
        'The part that was downloaded is kept. Run the same command to continue.',
      )
    })
    const { model } = await core.call('models.get', { id })
    output.record({ type: 'model', model })
    output.print(`${model.name}: ${bytes(model.byteCount)}, ${model.path ?? ''}`)
    if (note !== '') output.note(note)
    return 0
  })
}

/** A published model is named, all others are called by their id. */
function rowOf(model: ModelEntry): string[] {
  const isPublished = model.origin === 'published'
  return [
    isPublished ? model.name : model.id,
    isPublished ? '' : model.name,
    sizeWords(model.architecture),
    model.classCount === null ? '—' : count(model.classCount),
    formatParameters(model.parameterCount),
    `${gmac(model)} at ${formatPx(model.cropPx)}`,
    sizeText(model),
    stateText(model),
  ]
}

function costOf({ cost }: ModelEntry): string[] {
  if (cost === null) return ['', '']
  const memory = `${bytes(cost.memoryBytes)}${cost.memoryFits ? '' : ' (too much)'}`
  return [memory, duration(cost.durationMs)]
}

function factsText(model: ModelEntry, classNames: readonly string[] | null): string {
  const classes = model.classCount === null ? 'not known yet' : count(model.classCount)
  const some =
    classNames === null ? '' : `: ${classNames.slice(0, 5).join(', ')}${classNames.length > 5 ? ', …' : ''}`
  return table([
    ['Model', `${model.name} (${model.id})`],
    ['Size', `${sizeWords(model.architecture)}, ${formatParameters(model.parameterCount)} parameters`],
    ['Cost', `${gmac(model)} GMAC for an image of ${formatPx(model.cropPx)}`],
    ['Classes', `${classes}${some}`],
    ['Trained on', model.trainedOn],
    ['File', `${sizeText(model)}${model.path === null ? '' : `, ${model.path}`}`],
    ['State', model.problem === null ? stateText(model) : `${stateText(model)}: ${model.problem.message}`],
    ...model.figures.map(({ what, value }) => [what, value]),
  ])
}

/** What was not downloaded is known but for some kB. */
function sizeText({ origin, state, byteCount }: ModelEntry): string {
  const isComputed = origin === 'published' && state !== 'ready'
  return `${isComputed ? 'about ' : ''}${bytes(byteCount)}`
}

function stateText({ state, downloadedBytes }: ModelEntry): string {
  return {
    ready: 'ready',
    absent: 'not downloaded',
    partial: `${bytes(downloadedBytes)} downloaded`,
    downloading: 'downloading',
    broken: 'damaged',
  }[state]
}

/** Small models cost thousandths. */
function gmac({ convGmac }: ModelEntry): string {
  return convGmac.toFixed(convGmac < 1 ? 3 : 1)
}
