/**
 * A block of a prediction set: a header and packed columns, little-endian like every machine that the workbench runs on.
 *
 * Header, 16 bytes: version u8, flags u8 (1: scores, 2: sigmoid), width of an index u8 (2 or 4), entries of a top list u8, row count u32,
 * class count u32, 0 u32. Then, each as long as the rows: image id u32, loss f32, probability of the label f32; probabilities of the top list
 * f32, row by row; label, rank of the label, and the classes of the top list as indices; scores f16, row by row.
 *
 * Scores say all of a prediction: the log-probability of each class, under sigmoid its logit. Where they would be too large the top list has
 * five entries in their place, else one, the prediction.
 */
import type { LossName } from '../../contract/entities/run'
import { toFloat16 } from '../float16'

/** One image as it was evaluated. */
export interface PredictedRow {
  readonly imageId: number
  readonly labelIndex: number
  /** Cross-entropy of the label, nats. */
  readonly loss: number
  /** 1 is the prediction itself. */
  readonly labelRank: number
  readonly labelProbability: number
  /** At most five, most probable first. */
  readonly topIndices: readonly number[]
  readonly topProbabilities: readonly number[]
}

export interface BlockShape {
  readonly classCount: number
  readonly loss: LossName
  readonly hasScores: boolean
}

/** Views of the bytes of a block. */
export interface PredictionBlock extends BlockShape {
  readonly rowCount: number
  readonly topCount: number
  readonly imageIds: Uint32Array
  readonly losses: Float32Array
  readonly labelProbabilities: Float32Array
  /** [rowCount, topCount] */
  readonly topProbabilities: Float32Array
  readonly labels: Uint16Array | Uint32Array
  readonly labelRanks: Uint16Array | Uint32Array
  /** [rowCount, topCount]; the first of a row is the prediction. */
  readonly topIndices: Uint16Array | Uint32Array
  /** float16 bits, [rowCount, classCount]; null without scores. */
  readonly scores: Uint16Array | null
}

const headerBytes = 16
const formatVersion = 1
const topListLength = 5
/** All scores of a set together. */
const scoresLimitBytes = 64 * 1024 * 1024
/** Blocks are read whole for a page of them. */
const blockBytes = 1024 * 1024
const mostRows = 8192

/** Whether the scores of so many rows, in all sets of the same kind together, are small enough to be kept. */
export function keepsScores(rowCount: number, classCount: number): boolean {
  return 2 * rowCount * classCount <= scoresLimitBytes
}

export function rowsOfBlock(shape: BlockShape): number {
  return Math.max(1, Math.min(mostRows, Math.floor(blockBytes / rowBytes(shape))))
}

/** Bytes of a row, without its part of the header. */
export function rowBytes(shape: BlockShape): number {
  const { topCount, indexBytes } = widths(shape)
  return 12 + 4 * topCount + indexBytes * (2 + topCount) + (shape.hasScores ? 2 * shape.classCount : 0)
}

/** `scores`: [rows, classCount] as `scoresOf` gives them, where the shape has them. */
export function packBlock(
  shape: BlockShape,
  rows: readonly PredictedRow[],
  scores: Uint16Array | null,
): Uint8Array {
  const { topCount, indexBytes } = widths(shape)
  const bytes = new Uint8Array(headerBytes + rows.length * rowBytes(shape))
  const header = new DataView(bytes.buffer)
  const flags = (shape.hasScores ? 1 : 0) | (shape.loss === 'sigmoid' ? 2 : 0)
  ;[formatVersion, flags, indexBytes, topCount].forEach((value, at) => header.setUint8(at, value))
  header.setUint32(4, rows.length, true)
  header.setUint32(8, shape.classCount, true)
  const block = readBlock(bytes)
  rows.forEach((row, at) => {
    block.imageIds[at] = row.imageId
    block.losses[at] = row.loss
    block.labelProbabilities[at] = row.labelProbability
    block.labels[at] = row.labelIndex
    block.labelRanks[at] = row.labelRank
    for (let place = 0; place < topCount; place++) {
      block.topIndices[at * topCount + place] = row.topIndices[place] ?? 0
      block.topProbabilities[at * topCount + place] = row.topProbabilities[place] ?? 0
    }
  })
  if (block.scores !== null) {
    if (scores?.length !== block.scores.length)
      throw new RangeError('A block has a score for each class of each row.')
    block.scores.set(scores)
  }
  return bytes
}

/** Throws RangeError where the bytes are no block of this version. */
export function readBlock(stored: Uint8Array): PredictionBlock {
  // Columns are aligned from the block's own beginning; a view into a larger buffer may not be.
  const bytes = stored.byteOffset % 4 === 0 ? stored : stored.slice()
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headerBytes || header.getUint8(0) !== formatVersion)
    throw new RangeError('These bytes are not a block of predictions that this workbench can read.')
  const flags = header.getUint8(1)
  const rowCount = header.getUint32(4, true)
  const shape: BlockShape = {
    classCount: header.getUint32(8, true),
    loss: (flags & 2) === 0 ? 'softmax' : 'sigmoid',
    hasScores: (flags & 1) === 1,
  }
  const { topCount, indexBytes } = widths(shape)
  if (bytes.length !== headerBytes + rowCount * rowBytes(shape))
    throw new RangeError('A block of predictions is cut short.')
  let at = bytes.byteOffset + headerBytes
  const next = (length: number, width: number): number => {
    const start = at
    at += length * width
    return start
  }
  const floats = (length: number) => new Float32Array(bytes.buffer, next(length, 4), length)
  const indices = (length: number) =>
    indexBytes === 2
      ? new Uint16Array(bytes.buffer, next(length, 2), length)
      : new Uint32Array(bytes.buffer, next(length, 4), length)
  return {
    ...shape,
    rowCount,
    topCount,
    imageIds: new Uint32Array(bytes.buffer, next(rowCount, 4), rowCount),
    losses: floats(rowCount),
    labelProbabilities: floats(rowCount),
    topProbabilities: floats(rowCount * topCount),
    labels: indices(rowCount),
    labelRanks: indices(rowCount),
    topIndices: indices(rowCount * topCount),
    scores: shape.hasScores ? new Uint16Array(bytes.buffer, at, rowCount * shape.classCount) : null,
  }
}

/** float16 bits of the scores of one image: log-probabilities, under sigmoid the logits themselves. Written to `target` from `offset` on. */
export function scoresOf(logits: Float32Array, loss: LossName, target: Uint16Array, offset: number): void {
  let shift = 0
  if (loss === 'softmax') {
    let most = -Infinity
    for (const logit of logits) if (logit > most) most = logit
    let sum = 0
    for (const logit of logits) sum += Math.exp(logit - most)
    shift = most + Math.log(sum)
  }
  for (let index = 0; index < logits.length; index++)
    target[offset + index] = toFloat16((logits[index] ?? NaN) - shift)
}

function widths({ classCount, hasScores }: BlockShape): { topCount: number; indexBytes: 2 | 4 } {
  // a rank may be as large as the count itself
  return {
    topCount: hasScores ? 1 : Math.min(topListLength, classCount),
    indexBytes: classCount < 65_536 ? 2 : 4,
  }
}
