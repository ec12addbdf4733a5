/**
 * The stream of training batches. Images come in a seeded order that is drawn anew for each pass over the set; the stream
 * has no end and is cut into batches, so a batch may be larger than the set. Any step's batch is a pure function of
 * dataset, recipe (with its seed) and step index: neither the cache nor the cut into micro-batches changes a byte of it.
 */
import type { Recipe } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { JobImages } from '../trainer/messages'
import { augmentation, cropFlip } from './augment'
import { defaultDecodeCount, eachAtMost } from './decode-queue'
import { mixupDraw, type MixupDraw } from './mixup'
import { openPictureSource } from './picture-source'
import { toUnitRange } from './pixel-range'
import { permutation, purpose } from './random'

export interface PipelineOptions {
  readonly rootPath: string
  readonly train: JobImages
  readonly classCount: number
  readonly recipe: Recipe
  /** Decoded squares kept in memory; two batches of uint8 pixels come on top. */
  readonly cacheBytes: number
  /** A file that has gone or broken since the import; once for each. See PictureSource for what stands in. */
  readonly onProblem: (path: string, message: string) => void
}

export interface MicroBatch {
  /** [count, cropPx, cropPx, 3] in [-1, 1] */
  readonly imagesNhwc: Float32Array
  /** [count, classCount], rows sum to 1; soft where MixUp is on. */
  readonly labelsNk: Float32Array
  /** [count]: the class with the larger weight in the mixture. */
  readonly hardLabels: Int32Array
}

/** Valid until the next call of `Pipeline.batch`: the pixels live in one of two buffers that take turns. */
export interface TrainBatch {
  readonly size: number
  /** Positions start … start + count - 1 as new arrays. Throws RangeError outside the batch. */
  microBatch(start: number, count: number): MicroBatch
}

export interface Pipeline {
  /** The batch of one optimizer step; the next step's is prepared meanwhile. One call at a time. */
  batch(stepIndex: number): Promise<TrainBatch>
  /** Ends the preparation under way; resolves when no decode runs any more. */
  close(): Promise<void>
}

/** Throws 'dataset-too-few-images' without a training image and 'bad-input' where the crop is larger than the square. */
export function openPipeline(options: PipelineOptions): Pipeline {
  const { recipe, train } = options
  const exampleCount = train.paths.length
  if (exampleCount === 0) {
    throw new WorkbenchError(
      'dataset-too-few-images',
      'No image is left to train on.',
      'Choose a split with smaller validation and test parts.',
    )
  }
  // "No crop" is for labels that a crop destroys (counts, positions): the whole picture, at the size the model sees.
  const sidePx = recipe.randomCrop ? recipe.resizePx : recipe.cropPx
  if (recipe.cropPx > sidePx) {
    throw new WorkbenchError(
      'bad-input',
      `The crop of ${recipe.cropPx} px is larger than the resized picture of ${sidePx} px.`,
      'Choose a crop that is not larger than the resize.',
    )
  }
  const source = openPictureSource({ ...options, images: train, sidePx })
  const orders = new Map<number, Uint32Array>()
  const buffers: (Uint8Array | undefined)[] = [undefined, undefined]
  const pictureBytes = recipe.cropPx * recipe.cropPx * 3
  let prepared: Preparation | null = null
  let bufferIndex = 0

  /** Which image stands at a position of the endless stream. */
  function imageAt(streamPosition: number): number {
    const epoch = Math.floor(streamPosition / exampleCount)
    const order = orders.get(epoch) ?? permutation(exampleCount, recipe.seed, purpose.order, epoch)
    orders.set(epoch, order)
    return order[streamPosition % exampleCount] ?? 0
  }

  function prepare(stepIndex: number): Preparation {
    bufferIndex = 1 - bufferIndex
    const pixels = buffers[bufferIndex] ?? new Uint8Array(recipe.batchSize * pictureBytes)
    buffers[bufferIndex] = pixels
    orders.clear() // only the passes that this batch touches are kept
    const indices = Uint32Array.from({ length: recipe.batchSize }, (_, position) =>
      imageAt(stepIndex * recipe.batchSize + position),
    )
    const preparation: Preparation = { stepIndex, pixels, indices, abandoned: false, outcome: null }
    preparation.outcome = settled(
      eachAtMost(recipe.batchSize, defaultDecodeCount, async (position) => {
        if (preparation.abandoned) return
        const picture = await source.picture(indices[position] ?? 0)
        const draw = augmentation(recipe.seed, stepIndex, position, { ...recipe, resizePx: sidePx })
        cropFlip(picture, sidePx, recipe.cropPx, draw, pixels, position * pictureBytes)
      }),
    )
    return preparation
  }

  async function abandon(): Promise<void> {
    if (prepared === null) return
    prepared.abandoned = true
    await prepared.outcome
    prepared = null
  }

  return {
    async batch(stepIndex) {
      if (prepared?.stepIndex !== stepIndex) await abandon()
      const current = prepared ?? prepare(stepIndex)
      prepared = current
      const failure = await current.outcome
      prepared = null
      if (failure) throw failure.error
      if (stepIndex + 1 < recipe.stepCount) prepared = prepare(stepIndex + 1)
      return trainBatch(current, options)
    },
    close: abandon,
  }
}

interface Preparation {
  readonly stepIndex: number
  /** [batchSize, cropPx, cropPx, 3] */
  readonly pixels: Uint8Array
  readonly indices: Uint32Array
  abandoned: boolean
  /** null when all went well. Never rejects: a failure waits here until the batch is asked for. */
  outcome: Promise<{ error: unknown } | null> | null
}

async function settled(work: Promise<void>): Promise<{ error: unknown } | null> {
  try {
    await work
    return null
  } catch (error) {
    return { error }
  }
}

function trainBatch({ stepIndex, pixels, indices }: Preparation, options: PipelineOptions): TrainBatch {
  const { recipe, classCount, train } = options
  const pictureLength = recipe.cropPx * recipe.cropPx * 3
  const mixup = mixupDraw(recipe.seed, stepIndex, recipe.mixupAlpha, recipe.batchSize)
  const labelAt = (position: number): number => train.labelIndices[indices[position] ?? 0] ?? 0
  const pictureAt = (position: number): Uint8Array =>
    pixels.subarray(position * pictureLength, (position + 1) * pictureLength)

  return {
    size: recipe.batchSize,
    microBatch(start, count) {
      if (start < 0 || count < 0 || start + count > recipe.batchSize) {
        throw new RangeError(`positions ${start} to ${start + count} of a batch of ${recipe.batchSize}`)
      }
      const imagesNhwc = new Float32Array(count * pictureLength)
      const labelsNk = new Float32Array(count * classCount)
      const hardLabels = new Int32Array(count)
      for (let row = 0; row < count; row++) {
        const { partner, lambda } = mixtureAt(mixup, start + row)
        const label = labelAt(start + row)
        const target = imagesNhwc.subarray(row * pictureLength, (row + 1) * pictureLength)
        toUnitRange(pictureAt(start + row), pictureAt(partner), lambda, target)
        addTo(labelsNk, row * classCount + label, lambda)
        addTo(labelsNk, row * classCount + labelAt(partner), 1 - lambda)
        hardLabels[row] = lambda >= 0.5 ? label : labelAt(partner)
      }
      return { imagesNhwc, labelsNk, hardLabels }
    },
  }
}

function mixtureAt(mixup: MixupDraw | null, position: number): { partner: number; lambda: number } {
  return mixup === null
    ? { partner: position, lambda: 1 }
    : { partner: mixup.partners[position] ?? position, lambda: mixup.lambda }
}

function addTo(values: Float32Array, index: number, amount: number): void {
  values[index] = (values[index] ?? 0) + amount
}
