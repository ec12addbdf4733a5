/** Rows one by one, as the blocks of a set. */
import { createHash } from 'node:crypto'
import {
  packBlock,
  rowsOfBlock,
  scoresOf,
  type BlockShape,
  type PredictedRow,
} from '../../domain/prediction-set/block'
import type { OpenPredictionSet } from './runs/prediction-sets'

/** Fills blocks and gives them to the set; `end` says the SHA-256 of all. */
export function blockWriter(
  set: Pick<OpenPredictionSet, 'append'>,
  shape: BlockShape,
): { add(row: PredictedRow, logits: Float32Array): void; end(): string } {
  const most = rowsOfBlock(shape)
  const hash = createHash('sha256')
  let rows: PredictedRow[] = []
  let scores = new Uint16Array(shape.hasScores ? most * shape.classCount : 0)
  const flush = (): void => {
    if (rows.length === 0) return
    const filled = shape.hasScores ? scores.subarray(0, rows.length * shape.classCount) : null
    const bytes = packBlock(shape, rows, filled)
    set.append(bytes)
    hash.update(bytes)
    rows = []
    scores = new Uint16Array(scores.length)
  }
  return {
    add(row, logits) {
      if (shape.hasScores) scoresOf(logits, shape.loss, scores, rows.length * shape.classCount)
      rows.push(row)
      if (rows.length === most) flush()
    },
    end() {
      flush()
      return hash.digest('hex')
    },
  }
}
