/** The checkpoints that BiT's authors published: names, sizes and figures (bit-reference, sections 2, 3, 5 and 6). Pure. */
import type { ModelSpec } from '../../contract/entities/model'
import type { LossName } from '../../contract/entities/run'
import { parameterCount, parameterShapes, parseModel } from './spec'

export interface PublishedModel {
  /** As in its address, without ".npz"; some stand in a folder. */
  readonly name: string
  readonly spec: ModelSpec
  /** Of the head; null where that is only known once the file is here. */
  readonly classCount: number | null
  /** The list of class names that goes with the head; null where there is none. */
  readonly classList: ClassList | null
  readonly cropPx: number
  /** Of its pre-training or fine-tuning: what turns its logits into probabilities. */
  readonly loss: LossName
  readonly trainedOn: string
  readonly figures: readonly { readonly what: string; readonly value: string }[]
  /** Hex, where it is known. */
  readonly sha256: string | null
}

/** Names of the classes, one a line, beside the weights. */
export const classLists = {
  'ilsvrc2012_wordnet_lemmas.txt': 1000,
  'imagenet21k_wordnet_lemmas.txt': 21_843,
} as const
export type ClassList = keyof typeof classLists

/** BiT-M's pre-training judges each class of ImageNet-21k on its own (BiT, section 3.2): so does a head of as many classes that says nothing else. */
export function usualLoss(classCount: number | null): LossName {
  return classCount === classLists['imagenet21k_wordnet_lemmas.txt'] ? 'sigmoid' : 'softmax'
}

export const publishedAddress = 'https://storage.googleapis.com/bit_models/'

const sizes = ['R50x1', 'R50x3', 'R101x1', 'R101x3', 'R152x2', 'R152x4'] as const
type Size = (typeof sizes)[number]

/** BiT-S and BiT-M as they left their pre-training. */
const upstreamPx = 224
/** What HyperRule takes for images that are not small; the largest model takes more. */
const finePx = (size: Size): number => (size === 'R152x4' ? 480 : 384)

type Figures = PublishedModel['figures']

/** The paper's, for the largest model fine-tuned by HyperRule on each (section 6). */
const paperFigures = (
  imageNet: string,
  cifar10: string,
  cifar100: string,
  rest: [string, string, string],
): Figures => [
  { what: 'ImageNet, fine-tuned', value: imageNet },
  { what: 'CIFAR-10, fine-tuned', value: cifar10 },
  { what: 'CIFAR-100, fine-tuned', value: cifar100 },
  { what: 'Pets, fine-tuned', value: rest[0] },
  { what: 'Flowers, fine-tuned', value: rest[1] },
  { what: 'VTAB-1k, fine-tuned', value: rest[2] },
]
const smallFigures: Partial<Record<Size, Figures>> = {
  R152x4: paperFigures('81.30 %', '97.51 %', '86.21 %', ['93.97 %', '89.89 %', '66.87 %']),
}
const mediumFigures: Partial<Record<Size, Figures>> = {
  R50x1: [
    { what: 'ImageNet, fine-tuned', value: '80.68 %' },
    { what: 'CIFAR-10, fine-tuned', value: '97.4 %' },
    { what: 'CIFAR-10, fine-tuned on 5 images per class', value: '82.3 %' },
    { what: 'CIFAR-100, fine-tuned', value: '86.6 %' },
    { what: 'CIFAR-100, fine-tuned on 5 images per class', value: '65.5 %' },
  ],
  R152x4: paperFigures('85.39 %', '98.91 %', '92.17 %', ['94.46 %', '99.30 %', '70.64 %']),
}
/** timm's evaluations; the paper's for the largest. */
const fineFigures: Partial<Record<Size, Figures>> = {
  R50x1: [{ what: 'ImageNet', value: '80.386 %' }],
  R101x1: [{ what: 'ImageNet', value: '82.332 %' }],
  R50x3: [{ what: 'ImageNet', value: '83.982 %' }],
  R101x3: [{ what: 'ImageNet', value: '84.430 %' }],
  R152x4: [{ what: 'ImageNet', value: '85.39 %' }],
}

export const publishedModels: readonly PublishedModel[] = [
  ...sizes.map((size) =>
    published(`BiT-M-${size}`, size, {
      classList: 'imagenet21k_wordnet_lemmas.txt',
      cropPx: upstreamPx,
      loss: 'sigmoid',
      trainedOn:
        'ImageNet-21k: 14.2 million images of 21,843 classes, each class on its own (sigmoid), 90 epochs at 224 px.',
      figures: mediumFigures[size] ?? [],
    }),
  ),
  ...sizes.map((size) =>
    published(`BiT-M-${size}-ILSVRC2012`, size, {
      classList: 'ilsvrc2012_wordnet_lemmas.txt',
      cropPx: finePx(size),
      trainedOn: 'ImageNet-21k, then fine-tuned on ILSVRC-2012 (1.28 million images of 1,000 classes).',
      figures: fineFigures[size] ?? [],
    }),
  ),
  ...sizes.map((size) =>
    published(`BiT-S-${size}`, size, {
      classList: 'ilsvrc2012_wordnet_lemmas.txt',
      cropPx: upstreamPx,
      trainedOn: 'ILSVRC-2012: 1.28 million images of 1,000 classes (softmax), 90 epochs at 224 px.',
      figures: smallFigures[size] ?? [],
    }),
  ),
  published('BiT-M-R50x1-CIFAR10', 'R50x1', {
    classCount: 10,
    cropPx: 128,
    trainedOn: 'ImageNet-21k, then fine-tuned on CIFAR-10.',
    figures: [{ what: 'CIFAR-10', value: '97.4 %' }],
  }),
  ...[224, 160].map((px) =>
    published(`distill/R50x1_${String(px)}`, 'R50x1', {
      cropPx: px,
      trainedOn: `Distilled from a larger BiT by its authors, at ${String(px)} px.`,
    }),
  ),
]

export function findPublished(name: string): PublishedModel | undefined {
  return publishedModels.find((model) => model.name === name)
}

/** Of the file, as computed: float32, stored, with some 400 bytes around each tensor. Good to 1 %; a head that is not known is left out. */
export function publishedBytes({ spec, classCount }: PublishedModel): number {
  return 4 * parameterCount(spec, classCount ?? 0) + 400 * parameterShapes(spec, 1).length
}

function published(
  name: string,
  size: Size,
  facts: Pick<PublishedModel, 'cropPx' | 'trainedOn'> & Partial<PublishedModel>,
): PublishedModel {
  const classList = facts.classList ?? null
  return {
    name,
    spec: parseModel(size).spec,
    classCount: classList === null ? null : classLists[classList],
    classList,
    loss: 'softmax',
    figures: [],
    sha256: null,
    ...facts,
  }
}
