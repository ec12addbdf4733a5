/** Every image once, in the order given, resized straight to the crop size (bit-reference section 3: test images are not cropped). */
import type { JobImages } from '../../protocol/messages'
import { cropOfSquare } from '../../images/enlarge'
import type { MissingOfPart } from './missing-images'
import { squashedTo } from '../../images/kept-size'
import type { ImageStore } from './image-store'
import { openWindow } from './prepared-window'

export interface EvaluationOptions {
  /** Keeps the images from one evaluation to the next. What it cannot read is left out, so that no figure is invented for it. */
  readonly store: ImageStore
  readonly images: JobImages
  readonly cropPx: number
  readonly batchSize: number
  /** Left to right. */
  readonly mirrored?: boolean
  /** Told of what cannot be read, and asked what shall not be; absent where each caller's image stands for itself. */
  readonly missing?: MissingAt
}

/** Of the images, at the position of the stream of batches that the evaluation belongs to. */
export interface MissingAt {
  readonly ofPart: MissingOfPart
  readonly position: number
}

export interface EvaluationBatch {
  readonly ids: number[]
  /** [count] */
  readonly labelIndices: Int32Array
  /** [count, cropPx, cropPx, 3], valid until the next batch is asked for. */
  readonly pixelsNhwc: Uint8Array
  /** batchSize, or less where images were left out and in the last batch; never 0. */
  readonly count: number
}

/** Throws 'images-missing' before the batch in which too many are. One batch is prepared ahead while the caller works on the one before it. */
export async function* evaluationBatches(options: EvaluationOptions): AsyncGenerator<EvaluationBatch> {
  const { store, images, cropPx, batchSize, mirrored = false, missing } = options
  const whole = { x: 0, y: 0, flip: mirrored }
  const reader = store.reader(images, squashedTo(cropPx))
  const imageCount = images.ids.length
  const imageBytes = cropPx * cropPx * 3
  const isMissing = new Uint8Array(imageCount)
  const window = openWindow({
    capacity: 2 * Math.min(batchSize, imageCount),
    imageBytes,
    endPosition: imageCount,
    fill(index, target, offset) {
      if (missing?.ofPart.isMissing(index, missing.position) === true) {
        isMissing[index] = 1
        return null
      }
      const leaveOut = (): void => {
        isMissing[index] = 1
        missing?.ofPart.note(index, missing.position)
      }
      const read = reader.visit(index, (image) => {
        cropOfSquare(image, cropPx, cropPx, whole, target, offset)
      })
      if (read === true) return null
      if (read !== false) return read.then((wasRead) => (wasRead ? undefined : leaveOut()))
      leaveOut()
      return null
    },
  })
  try {
    for (let start = 0; start < imageCount; start += batchSize) {
      const end = Math.min(start + batchSize, imageCount)
      await window.move(start, end)
      await missing?.ofPart.judge()
      const indices = Array.from({ length: end - start }, (_, row) => start + row)
      const read = indices.filter((index) => isMissing[index] === 0)
      const pixels = window.images(start, end - start, (byteCount) => new Uint8Array(byteCount))
      closeGaps(pixels, read, start, imageBytes)
      if (read.length === 0) continue
      yield {
        ids: read.map((index) => images.ids[index] ?? 0),
        labelIndices: Int32Array.from(read, (index) => images.labelIndices[index] ?? 0),
        pixelsNhwc: pixels.subarray(0, read.length * imageBytes),
        count: read.length,
      }
    }
  } finally {
    await window.close() // also where the caller breaks off: nothing may be under way when the images are closed
  }
}

/** Moves the images that were read together. */
function closeGaps(pixels: Uint8Array, read: readonly number[], start: number, imageBytes: number): void {
  read.forEach((index, row) => {
    const from = (index - start) * imageBytes
    if (index - start !== row) pixels.copyWithin(row * imageBytes, from, from + imageBytes)
  })
}
