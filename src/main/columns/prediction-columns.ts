/** The predictions of a run, or of one set, as columns, in the order of the images' ids. */
import { topOfRow } from '../../domain/prediction-set/judge'
import { predictionCount, predictionPage } from '../store/column-pages'
import { blockAt, blocksOfSet, resultBlocks } from '../store/runs/prediction-set-read'
import type { Db } from '../store/statement'
import { firstRows } from './bits'
import { sortRows } from './sort'
import type { Numbers } from './table'

export interface PredictionColumns {
  readonly rowCount: number
  readonly imageIds: Uint32Array
  readonly numbers: ReadonlyMap<string, Numbers>
  /** Of each row in the order of its evaluation; where the rows come from no set, its own. */
  readonly places: Uint32Array
  readonly byteCount: number
}

/** From the blocks of the set, which are columns already; from the run's rows where its results are in no set. */
export async function buildPredictionColumns(
  db: Db,
  runId: number,
  setId: number | undefined,
  pause: () => Promise<void>,
): Promise<PredictionColumns> {
  const blocks = setId === undefined ? resultBlocks(db, runId) : blocksOfSet(db, setId)
  const drafted =
    blocks === null
      ? await fromRows(db, runId, pause)
      : await fromBlocks(db, blocks.setId, blocks.rowCounts, pause)
  const draft = inOrder(drafted)
  const wrong = new Uint8Array(draft.imageIds.length)
  for (let row = 0; row < wrong.length; row++) wrong[row] = draft.label[row] === draft.predicted[row] ? 0 : 1
  const { imageIds, places, ...columns } = draft
  const numbers = new Map<string, Numbers>([...Object.entries(columns), ['wrong', wrong]])
  let byteCount = imageIds.byteLength + places.byteLength
  for (const values of numbers.values()) byteCount += values.byteLength
  return { rowCount: imageIds.length, imageIds, numbers, places, byteCount }
}

const byLoss = new WeakMap<PredictionColumns, Uint32Array>()

/** The place of each row by loss, from 1, the highest first. Made when it is asked for. */
export function placesByLoss(predictions: PredictionColumns): Uint32Array | undefined {
  const known = byLoss.get(predictions)
  const values = predictions.numbers.get('loss')
  if (known !== undefined || values === undefined) return known
  const places = new Uint32Array(predictions.rowCount)
  const rows = sortRows(firstRows(places.length), { values, rows: null }, true)
  for (let at = 0; at < rows.length; at++) places[rows[at] ?? 0] = at + 1
  byLoss.set(predictions, places)
  return places
}

function newDraft(count: number) {
  return {
    imageIds: new Uint32Array(count),
    places: firstRows(count),
    label: new Uint32Array(count),
    predicted: new Uint32Array(count),
    rank: new Uint32Array(count),
    loss: new Float32Array(count),
    confidence: new Float32Array(count),
    margin: new Float32Array(count),
  }
}
type Draft = ReturnType<typeof newDraft>

async function fromBlocks(
  db: Db,
  setId: number,
  rowCounts: readonly number[],
  pause: () => Promise<void>,
): Promise<Draft> {
  const draft = newDraft(rowCounts.reduce((sum, count) => sum + count, 0))
  let first = 0
  for (const position of rowCounts.keys()) {
    const block = blockAt(db, setId, position)
    const { rowCount, topCount, topIndices, topProbabilities } = block
    draft.imageIds.set(block.imageIds, first)
    draft.label.set(block.labels, first)
    draft.rank.set(block.labelRanks, first)
    draft.loss.set(block.losses, first)
    for (let row = 0; row < rowCount; row++) {
      const confidence = topProbabilities[row * topCount] ?? 0
      // A block with scores has the first alone; the second is found among them.
      const second =
        block.scores === null
          ? topCount > 1
            ? topProbabilities[row * topCount + 1]
            : 0
          : topOfRow(block, row, 2)[1]?.probability
      draft.predicted[first + row] = topIndices[row * topCount] ?? 0
      draft.confidence[first + row] = confidence
      draft.margin[first + row] = confidence - (second ?? 0)
    }
    first += rowCount
    await pause()
  }
  return draft
}

const pageRows = 4000

async function fromRows(db: Db, runId: number, pause: () => Promise<void>): Promise<Draft> {
  const count = predictionCount(db, runId)
  const draft = newDraft(count)
  let row = 0
  for (let afterId: number | null = 0; afterId !== null;) {
    const page = predictionPage(db, runId, afterId, pageRows)
    for (const [imageId, label, predicted, loss, rank, confidence, second] of page) {
      draft.imageIds[row] = imageId
      draft.label[row] = label
      draft.predicted[row] = predicted
      draft.loss[row] = loss
      draft.rank[row] = rank
      draft.confidence[row] = confidence
      draft.margin[row] = confidence - (second === null ? 0 : second.readFloatLE(0))
      row++
    }
    afterId = page.length < pageRows || row >= count ? null : (page.at(-1)?.[0] ?? null)
    await pause()
  }
  return draft
}

/** By the images' ids: as an evaluation goes through its part, but for what came from elsewhere. */
function inOrder(draft: Draft): Draft {
  const { imageIds } = draft
  let isOrdered = true
  for (let row = 1; row < imageIds.length && isOrdered; row++)
    isOrdered = (imageIds[row - 1] ?? 0) < (imageIds[row] ?? 0)
  if (isOrdered) return draft
  const rows = sortRows(firstRows(imageIds.length), { values: imageIds, rows: null }, false)
  const ordered = newDraft(imageIds.length)
  for (const name of Object.keys(draft) as (keyof Draft)[]) {
    const [from, to] = [draft[name], ordered[name]]
    for (let row = 0; row < rows.length; row++) to[row] = from[rows[row] ?? 0] ?? 0
  }
  return ordered
}
