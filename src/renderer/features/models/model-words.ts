/** How a model of the zoo is said: its section, its architecture, its state. Pure. */
import type { ModelEntry } from '../../../contract/entities/model'
import { sizeWords } from '../../../domain/model/model-names'
import { formatBytes } from '../../format'

export interface ModelSection {
  readonly origin: ModelEntry['origin']
  readonly title: string
  /** Beside the title. */
  readonly about: string
  /** Where the section has no model. */
  readonly empty: string
}

export const modelSections: readonly ModelSection[] = [
  {
    origin: 'embedded',
    title: 'Embedded',
    about: 'included in the workbench',
    empty: 'This build includes none.',
  },
  {
    origin: 'run',
    title: 'Your runs',
    about: 'the last checkpoint of each',
    empty: 'A run appears here once it has a checkpoint.',
  },
  {
    origin: 'file',
    title: 'Files',
    about: '.npz or .safetensors, read in place',
    empty: 'Drop a .npz or .safetensors file of a BiT model here.',
  },
  {
    origin: 'published',
    title: 'Published',
    about: 'downloaded from their publishers, only when you ask',
    empty: 'None known.',
  },
]

/** Of BiT's ablation: '' where norm and convolution are BiT's own. */
export function variantWords({ norm, convolution }: ModelEntry['spec']): string {
  return [norm === 'batch' ? 'BatchNorm' : '', convolution === 'plain' ? 'plain convolutions' : '']
    .filter((part) => part !== '')
    .join(', ')
}

/** The first web address in a card: where a published model comes from. */
export function addressIn(card: string): string | null {
  return /https?:\/\/[^\s<>"')]+/.exec(card)?.[0].replace(/[.,;]$/, '') ?? null
}

/** 'Download 94.2 MB', 'Resume, 34.0 MB of 94.2 MB'. */
export function downloadWords({ state, byteCount, downloadedBytes }: ModelEntry): string {
  return state === 'partial'
    ? `Resume, ${formatBytes(downloadedBytes)} of ${formatBytes(byteCount)}`
    : `Download ${formatBytes(byteCount)}`
}

/** Whether 'remove' means anything for it, and what. Runs are deleted under Runs. */
export function removal({ origin, state }: ModelEntry): 'forget' | 'delete' | null {
  if (origin === 'file') return 'forget'
  return origin === 'published' && state !== 'absent' && state !== 'downloading' ? 'delete' : null
}

/** A section's models, those in use first, the last promoted before; then in their order. */
export function inUseFirst(
  models: readonly ModelEntry[],
  inUse: readonly Pick<ModelEntry, 'runId'>[],
): readonly ModelEntry[] {
  const places = new Map(inUse.map(({ runId }, place) => [runId, place]))
  const place = ({ runId }: ModelEntry): number =>
    runId === null ? inUse.length : (places.get(runId) ?? inUse.length)
  return [...models].sort((a, b) => place(a) - place(b))
}

/** Those whose name, architecture, training or path has every word of `text`. */
export function foundModels(models: readonly ModelEntry[], text: string): readonly ModelEntry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return models.filter((model) => {
    const hay = [
      model.name,
      model.architecture,
      sizeWords(model.architecture),
      model.trainedOn,
      model.path ?? '',
    ]
      .join('\n')
      .toLowerCase()
    return words.every((word) => hay.includes(word))
  })
}
