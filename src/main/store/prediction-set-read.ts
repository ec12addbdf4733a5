/** Reading what a sealed prediction set holds: whole, held to its hash, or a page of it. */
import { createHash } from 'node:crypto'
import type { SetPrediction } from '../../contract/entities/prediction-set'
import { WorkbenchError } from '../../contract/errors'
import { readBlock, type PredictionBlock } from '../../domain/prediction-set/block'
import { judge, topOfRow } from '../../domain/prediction-set/judge'
import { getPredictionSet } from './prediction-sets'
import { statement, type Db } from './statement'

const topCount = 5

/** All blocks in order, one at a time: the database is not busy in between. Throws 'not-found', and after the last one 'home-broken' where the bytes are not those that were sealed. */
export function* predictionBlocks(db: Db, setId: number): Generator<PredictionBlock> {
  getPredictionSet(db, setId)
  const hash = createHash('sha256')
  const sealed = statement<{ sha256: Buffer }>(db, 'SELECT sha256 FROM prediction_sets WHERE id = ?').get(
    setId,
  )
  for (const { position } of positionsOf(db, setId)) {
    const bytes = bytesAt(db, setId, position)
    hash.update(bytes)
    yield readBlock(bytes)
  }
  if (sealed === undefined || !hash.digest().equals(sealed.sha256)) {
    throw new WorkbenchError(
      'home-broken',
      `The predictions of set ${setId} are damaged: their bytes are not those that were written.`,
      'Evaluate again, or bring the home back from a backup.',
    )
  }
}

/** Rows in the order in which they were evaluated, under the labels of the evaluation. Reads the blocks of the page alone. Throws 'not-found'. */
export function listSetPredictions(
  db: Db,
  setId: number,
  offset: number,
  limit: number,
): { total: number; predictions: SetPrediction[] } {
  const { rowCount } = getPredictionSet(db, setId)
  const predictions: SetPrediction[] = []
  const end = Math.min(offset + limit, rowCount)
  let first = 0
  for (const { position, row_count: count } of positionsOf(db, setId)) {
    if (first < end && first + count > offset) {
      const block = readBlock(bytesAt(db, setId, position))
      for (let row = Math.max(0, offset - first); row < Math.min(count, end - first); row++) {
        const judged = judge(block, row, block.labels[row] ?? 0)
        predictions.push({ ...judged, top: topOfRow(block, row, topCount) })
      }
    }
    first += count
  }
  return { total: rowCount, predictions }
}

function positionsOf(db: Db, setId: number): { position: number; row_count: number }[] {
  return statement<{ position: number; row_count: number }>(
    db,
    'SELECT position, row_count FROM prediction_blocks WHERE set_id = ? ORDER BY position',
  ).all(setId)
}

function bytesAt(db: Db, setId: number, position: number): Uint8Array {
  const row = statement<{ bytes: Buffer }>(
    db,
    'SELECT bytes FROM prediction_blocks WHERE set_id = ? AND position = ?',
  ).get(setId, position)
  return row?.bytes ?? new Uint8Array()
}
