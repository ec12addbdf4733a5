/** Prediction sets as a trainer writes them. */
import { createHash } from 'node:crypto'
import type { SplitPart } from '../../../src/contract/entities/dataset'
import { packBlock, scoresOf, type PredictedRow } from '../../../src/domain/prediction-set/block'
import { openPredictionSet } from '../../../src/main/store/runs/prediction-sets'
import type { Db } from '../../../src/main/store/statement'

interface Options {
  readonly step: number
  readonly part: SplitPart
  readonly classCount: number
  /** Of each row, where the set keeps them. */
  readonly logits?: readonly (readonly number[])[]
  readonly rowsOfBlock?: number
}

/** Sealed; returns its number. */
export function addPredictionSet(
  db: Db,
  runId: number,
  rows: readonly PredictedRow[],
  { step, part, classCount, logits, rowsOfBlock = 25 }: Options,
): number {
  const hasScores = logits !== undefined
  const shape = { classCount, loss: 'softmax', hasScores } as const
  const set = openPredictionSet(db, {
    ...{ runId, checkpointStep: step, part, classCount, loss: 'softmax', createdAtMs: 5 },
    ...{ kind: hasScores ? 'scores' : 'top', partCount: rows.length },
  })
  const hash = createHash('sha256')
  for (let from = 0; from < rows.length; from += rowsOfBlock) {
    const some = rows.slice(from, from + rowsOfBlock)
    const scores = hasScores ? new Uint16Array(some.length * classCount) : null
    if (scores !== null)
      some.forEach((_, row) =>
        scoresOf(Float32Array.from(logits?.[from + row] ?? []), 'softmax', scores, row * classCount),
      )
    const block = packBlock(shape, some, scores)
    set.append(block)
    hash.update(block)
  }
  set.seal(hash.digest('hex'))
  return (
    db
      .prepare<unknown[], { id: number }>(
        'SELECT max(id) AS id FROM prediction_sets WHERE run_id = ? AND sha256 IS NOT NULL',
      )
      .get(runId)?.id ?? 0
  )
}

/** What a network with these logits says, as a trainer sends it. */
export function rowOfLogits(imageId: number, labelIndex: number, logits: readonly number[]): PredictedRow {
  const most = Math.max(...logits)
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)
  const probability = (index: number): number => Math.exp((logits[index] ?? 0) - most) / total
  const order = logits.map((_, index) => index).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
  const topIndices = order.slice(0, 5)
  return {
    ...{ imageId, labelIndex, topIndices, topProbabilities: topIndices.map(probability) },
    loss: -Math.log(probability(labelIndex)),
    labelRank: order.indexOf(labelIndex) + 1,
    labelProbability: probability(labelIndex),
  }
}
