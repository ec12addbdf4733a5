/** The predictions of a run as columns, in the order of the images' ids. */
import { topOfRow } from '../../domain/prediction-set/judge'
import { predictionCount, predictionPage } from '../store/column-pages'
import { blockAt, resultBlocks } from '../store/prediction-set-read'
import type { Db } from '../store/statement'
import { firstRows } from './bits'
import { sortRows } from './sort'
import type { Numbers } from './table'

export interface PredictionColumns {
  readonly rowCount: number
  readonly imageIds: Uint32Array
  readonly numbers: ReadonlyMap<string, Numbers>
  readonly byteCount: number
}

/** From the blocks of the run's set, which are columns already; from its rows where its results are in no set. */
export async function buildPredictionColumns(
  db: Db,
  runId: number,
  pause: () => Promise<void>,
): Promise<PredictionColumns> {
  const blocks = resultBlocks(db, runId)
  const drafted =
    blocks === null
      ? await fromRows(db, runId, pause)
      : await fromBlocks(db, blocks.setId, blocks.rowCounts, pause)
  const draft = inOrder(drafted)
  const wrong = new Uint8Array(draft.imageIds.length)
  for (let row = 0; row < wrong.length; row++) wrong[row] = draft.label[row] === draft.predicted[row] ? 0 : 1
  const { imageIds, ...columns } = draft
  const numbers = new Map<string, Numbers>([...Object.entries(columns), ['wrong', wrong]])
  let byteCount = imageIds.byteLength
  for (const values of numbers.values()) byteCount += values.byteLength
  return { rowCount: imageIds.length, imageIds, numbers, byteCount }
}

function newDraft(count: number) {
  return {
    imageIds: new Uint32Array(count),
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
