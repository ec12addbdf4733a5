/** Reading what a sealed prediction set holds: whole, held to its hash, or a page of it. */
import { createHash } from 'node:crypto'
import type { SetPrediction } from '../../../contract/entities/prediction-set'
import type { Prediction } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { readBlock, type PredictionBlock } from '../../../domain/prediction-set/block'
import { judge, topOfRow } from '../../../domain/prediction-set/judge'
import { getPredictionSet } from './prediction-sets'
import { statement, type Db } from '../statement'

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
      const block = blockAt(db, setId, position)
      for (let row = Math.max(0, offset - first); row < Math.min(count, end - first); row++) {
        const judged = judge(block, row, block.labels[row] ?? 0)
        predictions.push({ ...judged, top: topOfRow(block, row, topCount) })
      }
    }
    first += count
  }
  return { total: rowCount, predictions }
}

/** The set of a run’s results, and how many rows each of its blocks has; null where they are in no set. */
export function resultBlocks(db: Db, runId: number): { setId: number; rowCounts: readonly number[] } | null {
  const set = statement<{ id: number | null }>(
    db,
    `SELECT prediction_sets.id FROM runs JOIN prediction_sets ON prediction_sets.id = result_set_id
     WHERE runs.id = ? AND sha256 IS NOT NULL`,
  ).get(runId)
  if (set?.id === undefined || set.id === null) return null
  return blocksOfSet(db, set.id)
}

export function blocksOfSet(db: Db, setId: number): { setId: number; rowCounts: readonly number[] } {
  return { setId, rowCounts: positionsOf(db, setId).map(({ row_count }) => row_count) }
}

/** What a set says of some of its rows, by their places in the order of the evaluation; in the order given. Reads each block once. */
export function predictionsAt(db: Db, setId: number, places: readonly number[]): Prediction[] {
  const found = new Map<number, Prediction>()
  const image = statement<{ path: string; aspect: number }>(
    db,
    'SELECT path, 1.0 * width_px / height_px AS aspect FROM images WHERE id = ?',
  )
  const wanted = [...places].sort((a, b) => a - b)
  let [first, at] = [0, 0]
  for (const { position, row_count: count } of positionsOf(db, setId)) {
    const block = (wanted[at] ?? Infinity) < first + count ? blockAt(db, setId, position) : null
    for (; block !== null && at < wanted.length && (wanted[at] ?? 0) < first + count; at++) {
      const row = (wanted[at] ?? 0) - first
      const judged = judge(block, row, block.labels[row] ?? 0)
      const { imageId, labelIndex, predictedIndex, loss, labelRank, labelProbability } = judged
      const known = image.get(imageId)
      if (known === undefined) continue
      found.set(wanted[at] ?? 0, {
        ...known,
        ...{ imageId, labelIndex, predictedIndex },
        // Under the label of the evaluation they are all there.
        loss: loss ?? NaN,
        labelRank: labelRank ?? 0,
        labelProbability: labelProbability ?? NaN,
        top: topOfRow(block, row, topCount),
      })
    }
    first += count
  }
  return places.flatMap((place) => found.get(place) ?? [])
}

/** Where an image is in a set, in the order of the evaluation; null where it is not. Reads one block after another; `likely` is looked at first. */
export function placeOfImage(db: Db, setId: number, imageId: number, likely: number | null): number | null {
  if (likely !== null && predictionsAt(db, setId, [likely])[0]?.imageId === imageId) return likely
  let first = 0
  for (const { position, row_count: count } of positionsOf(db, setId)) {
    const row = blockAt(db, setId, position).imageIds.indexOf(imageId)
    if (row >= 0) return first + row
    first += count
  }
  return null
}

export function blockAt(db: Db, setId: number, position: number): PredictionBlock {
  return readBlock(bytesAt(db, setId, position))
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
