/**
 * The stream of training batches. Images come in a seeded order that is drawn anew for each pass over the set; the stream
 * has no end and is cut into batches, so a batch may be larger than the set. Any step's batch is a pure function of
 * dataset, recipe (with its seed), step index and the list of missing images (missing-images.ts): neither the caches nor the cut into
 * micro-batches changes a byte of it.
 */
import type { Recipe } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import type { JobImages } from '../../protocol/messages'
import { augmentation, inceptionPart } from '../../images/augment'
import { cropOfSquare } from '../../images/enlarge'
import { openBatchStream, type BatchLabels } from './batch-stream'
import type { MissingOfPart } from './missing-images'
import type { MixupDraw } from './mixup'
import { shapedWithin, squashedTo } from '../../images/kept-size'
import { partOfImage } from '../../images/part-of-image'
import type { ImageStore } from './image-store'
import { openWindow, type PreparedWindow } from './prepared-window'

export interface PipelineOptions {
  readonly store: ImageStore
  readonly train: JobImages
  readonly classCount: number
  readonly recipe: Recipe
  /** Of the training images. */
  readonly missing: MissingOfPart
  /** Images prepared and in use, at most this many bytes, but never fewer than two micro-batches, with MixUp a batch and one more. */
  readonly queueBytes?: number
}

export interface MicroBatch extends BatchLabels {
  /** [count, cropPx, cropPx, 3]; zeros in the place of an image that is missing. */
  readonly pixelsNhwc: Uint8Array
  /** The images to be mixed in, in the same form; null where MixUp is off. */
  readonly partnerPixelsNhwc: Uint8Array | null
  /** Weight of the images themselves, in [0, 1]; their partners get 1 - lambda. 1 where MixUp is off. */
  readonly lambda: number
}

export interface TrainBatch {
  readonly size: number
  /**
   * Positions start … start + count - 1, as soon as they are prepared: without MixUp before the batch is whole, with MixUp when it is, since
   * partners come from all of it. The pixels are views into the queue's memory, valid until the next call of `microBatch` or `batch`.
   * To be called in order; going back is right but prepares those images again. Throws RangeError outside the batch, and 'images-missing'
   * where too many images cannot be read.
   */
  microBatch(start: number, count: number): Promise<MicroBatch>
}

export interface Pipeline {
  /** The batch of one optimizer step; the following ones are prepared meanwhile. One call at a time. */
  batch(stepIndex: number): Promise<TrainBatch>
  /** Ends the preparation under way; resolves when no decode runs any more. */
  close(): Promise<void>
}

const defaultQueueBytes = 128 * 1024 ** 2
/** However small the images are: more would only make work for a run that is stopped. */
const mostBatchesAhead = 4

/** Throws 'dataset-too-few-images' without a training image and 'bad-input' where the crop is larger than the square. */
export function openPipeline(options: PipelineOptions): Pipeline {
  const { recipe, train, missing } = options
  const { batchSize, cropPx } = recipe
  const sidePx = squareSide(recipe, train)
  const kept = recipe.crop === 'inception' ? shapedWithin(sidePx, cropPx) : squashedTo(sidePx)
  const reader = options.store.reader(train, kept)
  const stream = openBatchStream(train, options.classCount, recipe, missing)
  const endPosition = recipe.stepCount * batchSize
  const imageBytes = cropPx * cropPx * 3
  let window = openedWindow(capacityOf(recipe, imageBytes, options.queueBytes ?? defaultQueueBytes))
  const spares = [new Uint8Array(0), new Uint8Array(0)]

  function openedWindow(capacity: number): { capacity: number; images: PreparedWindow } {
    const images = openWindow({ capacity, imageBytes, endPosition, fill })
    return { capacity, images }
  }

  function fill(streamPosition: number, target: Uint8Array, offset: number): Promise<void> | null {
    const stepIndex = Math.floor(streamPosition / batchSize)
    const position = streamPosition % batchSize
    const index = stream.imageAt(streamPosition)
    const leaveOut = (): void => {
      missing.note(index, streamPosition)
      target.fill(0, offset, offset + imageBytes)
    }
    if (missing.isMissing(index, streamPosition)) {
      leaveOut()
      return null
    }
    const read = reader.visit(index, (image) => {
      if (recipe.crop === 'inception') {
        const { widthPx, heightPx } = image
        const part = inceptionPart(recipe.seed, stepIndex, position, { ...recipe, widthPx, heightPx })
        return partOfImage(image, cropPx, part, target, offset)
      }
      const draw = augmentation(recipe.seed, stepIndex, position, { ...recipe, resizePx: sidePx })
      cropOfSquare(image, sidePx, cropPx, draw, target, offset)
    })
    if (read === true) return null
    if (read !== false) return read.then((wasRead) => (wasRead ? undefined : leaveOut()))
    leaveOut()
    return null
  }

  /** Memory that is used again and again; what it held is forgotten. */
  function spare(index: 0 | 1): (byteCount: number) => Uint8Array {
    return (byteCount) => {
      const present = spares[index]
      const buffer =
        present !== undefined && present.length >= byteCount ? present : new Uint8Array(byteCount)
      spares[index] = buffer
      return buffer.subarray(0, byteCount)
    }
  }

  async function microBatch(
    stepIndex: number,
    mixup: MixupDraw | null,
    start: number,
    count: number,
  ): Promise<MicroBatch> {
    if (start < 0 || count < 0 || start + count > batchSize) {
      throw new RangeError(`positions ${start} to ${start + count} of a batch of ${batchSize}`)
    }
    const batchStart = stepIndex * batchSize
    if (count > window.capacity) {
      // more at once than the recipe's micro-batch
      await window.images.close()
      window = openedWindow(count)
    }
    const { images } = window
    if (mixup === null) await images.move(batchStart + start, batchStart + start + count)
    else await images.move(batchStart, batchStart + batchSize)
    await missing.judge()
    return {
      pixelsNhwc: images.images(batchStart + start, count, spare(0)),
      partnerPixelsNhwc: mixup === null ? null : partners(images, batchStart, mixup, start, count),
      lambda: mixup?.lambda ?? 1,
      ...stream.labels(stepIndex, mixup, start, count),
    }
  }

  function partners(
    images: PreparedWindow,
    batchStart: number,
    mixup: MixupDraw,
    start: number,
    count: number,
  ): Uint8Array {
    const gathered = spare(1)(count * imageBytes)
    for (let row = 0; row < count; row++) {
      images.copy(batchStart + (mixup.partners[start + row] ?? 0), gathered, row * imageBytes)
    }
    return gathered
  }

  return {
    async batch(stepIndex) {
      const mixup = stream.mixup(stepIndex)
      return {
        size: batchSize,
        microBatch: (start, count) => microBatch(stepIndex, mixup, start, count),
      }
    },
    close: () => window.images.close(),
  }
}

/** "No crop" is for labels that a crop destroys (counts, positions): the whole image, at the size the model sees. */
function squareSide(recipe: Recipe, train: JobImages): number {
  if (train.keys.length === 0) {
    throw new WorkbenchError(
      'dataset-too-few-images',
      'No images are left to train on.',
      'Choose a split with smaller validation and test parts.',
    )
  }
  const sidePx = recipe.randomCrop || recipe.crop === 'inception' ? recipe.resizePx : recipe.cropPx
  if (recipe.cropPx > sidePx) {
    throw new WorkbenchError(
      'bad-input',
      `The crop of ${recipe.cropPx} px is larger than the resized image of ${sidePx} px.`,
      'Choose a crop no larger than the resize.',
    )
  }
  return sidePx
}

/** How many images the queue holds. */
export function capacityOf(
  { batchSize, microBatchSize, mixupAlpha, stepCount }: Recipe,
  imageBytes: number,
  queueBytes: number,
): number {
  const microBatch = Math.min(microBatchSize, batchSize)
  const least = mixupAlpha > 0 ? batchSize + microBatch : 2 * microBatch
  const asked = Math.min(Math.floor(queueBytes / imageBytes), mostBatchesAhead * batchSize)
  return Math.min(Math.max(least, asked), Math.max(stepCount, 1) * batchSize)
}
