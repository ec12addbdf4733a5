/** Every image once, in the order given, resized straight to the crop size (bit-reference section 3: test pictures are not cropped). */
import { join } from 'node:path'
import type { JobImages } from '../trainer/messages'
import { decodeSquare } from './decode'
import { defaultDecodeCount, eachAtMost } from './decode-queue'
import { toUnitRange } from './pixel-range'

export interface EvaluationOptions {
  readonly rootPath: string
  readonly images: JobImages
  readonly cropPx: number
  readonly batchSize: number
  /** A file that has gone or broken since the import: it is left out of the evaluation, so that no figure is invented for it. */
  readonly onProblem: (path: string, message: string) => void
}

export interface EvaluationBatch {
  readonly ids: number[]
  /** [count] */
  readonly labelIndices: Int32Array
  /** [count, cropPx, cropPx, 3] in [-1, 1] */
  readonly imagesNhwc: Float32Array
  /** batchSize, or less where images were left out and in the last batch; never 0. */
  readonly count: number
}

/** One batch is decoded ahead while the caller works on the one before it. The arrays are the caller's. */
export async function* evaluationBatches(options: EvaluationOptions): AsyncGenerator<EvaluationBatch> {
  const { images, batchSize } = options
  let ahead = readBatch(options, 0)
  for (let start = 0; start < images.ids.length; start += batchSize) {
    const batch = await ahead
    ahead = readBatch(options, start + batchSize)
    if (batch.count > 0) yield batch
  }
  await ahead
}

/** Never rejects: what cannot be read is reported and left out. */
async function readBatch(options: EvaluationOptions, start: number): Promise<EvaluationBatch> {
  const { images, cropPx, onProblem } = options
  const asked = Math.max(0, Math.min(options.batchSize, images.ids.length - start))
  const pictures = new Array<Uint8Array | null>(asked).fill(null)
  await eachAtMost(asked, defaultDecodeCount, async (offset) => {
    const path = images.paths[start + offset] ?? ''
    try {
      pictures[offset] = await decodeSquare(join(options.rootPath, path), cropPx)
    } catch (error) {
      onProblem(path, error instanceof Error ? error.message : String(error))
    }
  })
  const read = pictures.flatMap((picture, offset) =>
    picture === null ? [] : [{ picture, index: start + offset }],
  )
  const pictureLength = cropPx * cropPx * 3
  const imagesNhwc = new Float32Array(read.length * pictureLength)
  read.forEach(({ picture }, row) => {
    toUnitRange(picture, picture, 1, imagesNhwc.subarray(row * pictureLength, (row + 1) * pictureLength))
  })
  return {
    ids: read.map(({ index }) => images.ids[index] ?? 0),
    labelIndices: Int32Array.from(read, ({ index }) => images.labelIndices[index] ?? 0),
    imagesNhwc,
    count: read.length,
  }
}
