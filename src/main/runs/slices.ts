/** The slices of a run: how right it is on the images of each saved query about predictions, and how right the run before was on them. */
import type { Run } from '../../contract/entities/run'
import type { Slice, Slices } from '../../contract/entities/slice'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { sliceQuery } from '../../domain/query/correctness'
import { accuracyOf } from '../../domain/rules/interval'
import type { Columns } from '../columns/columns'
import { eachContent } from '../columns/each-content'
import type { PredictionColumns } from '../columns/prediction-columns'
import { partCode } from '../store/datasets/split-parts'
import { classNamesOf } from '../store/datasets/splits'
import { currentSplit } from '../store/column-pages'
import { setOfPart } from '../store/runs/evaluated-images'
import { evaluatedBefore } from '../store/runs/find-runs'
import { getPredictionSet } from '../store/runs/prediction-sets'
import { getRun } from '../store/runs/runs'
import { listSavedQueries, putSavedQuery } from '../store/saved-queries'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import type { Db } from '../store/statement'
import { readQuery } from '../../domain/query/bind'
import { queryFault } from './query-fault'

type Counting = Pick<Columns, 'predictions' | 'allPredictions'>

export function slicesHandlers(
  { db, clock, emit }: Pick<ServiceContext, 'db' | 'clock' | 'emit'>,
  columns: Counting,
): DomainHandlers<'slices'> {
  return {
    'slices.list': async ({ runId, setId }) => slicesOf(db, columns, getRun(db, runId), setId),
    'slices.save': async ({ datasetId, name, query, floor }) => {
      const { faults } = readQuery(query, 'predictions', {
        classNames: classNamesOf(db, currentSplit(db, datasetId).splitId),
      })
      const [first] = faults
      if (first !== undefined)
        throw new WorkbenchError('bad-input', first.message, '', { span: { from: first.from, to: first.to } })
      const saved = putSavedQuery(db, {
        ...{ subject: 'predictions', datasetId, query, floor, createdAtMs: clock() },
        ...{ name: typedName(name, 'view'), layout: null, rowPx: null, table: null },
      })
      emit({ type: 'views-changed', subject: 'predictions', datasetId })
      return saved
    },
  }
}

/** `since` has the change of the model alone: the same images, the same labels. */
export async function slicesOf(
  db: Db,
  columns: Counting,
  run: Run,
  setId: number | undefined,
): Promise<Slices> {
  const before = evaluatedBefore(db, run)
  const saidBefore = before === null ? null : await answersBefore(db, columns, run, setId, before)
  const saved = listSavedQueries(db, 'predictions', run.datasetId)
  const measured = async (query: string): Promise<Pick<Slice, 'accuracy' | 'since' | 'fault'>> => {
    const { predictions, rows } = await columns.predictions(run.id, sliceQuery(query), setId)
    return { ...judged(predictions, rows, saidBefore), fault: '' }
  }
  const slices: Slice[] = []
  for (const { id, name, query, floor } of saved) {
    const found = await measured(query).catch((thrown: unknown) => ({
      ...{ accuracy: null, since: null, fault: queryFault(thrown) },
    }))
    const { accuracy } = found
    const fails = floor !== null && (accuracy === null || accuracy.value < floor)
    slices.push({ id, name, query, floor, fails, ...found })
  }
  const all = await measured('')
  return {
    before: before === null ? null : { runId: before.id, name: before.name },
    all: all.accuracy,
    allSince: all.since,
    slices,
  }
}

/** `saidBefore`: by row, as `answersBefore` gives it. */
function judged(
  { numbers }: PredictionColumns,
  rows: Uint32Array,
  saidBefore: Int32Array | null,
): Pick<Slice, 'accuracy' | 'since'> {
  const [labels, predicted] = [numbers.get('label'), numbers.get('predicted')]
  let [correct, common, now, before] = [0, 0, 0, 0]
  for (const row of rows) {
    const label = labels?.[row] ?? -1
    const isRight = predicted?.[row] === label
    if (isRight) correct++
    const said = saidBefore?.[row] ?? notEvaluated
    if (said === notEvaluated) continue
    common++
    if (isRight) now++
    if (said === label) before++
  }
  return {
    accuracy: rows.length === 0 ? null : accuracyOf(correct, rows.length),
    since: common === 0 ? null : { now: accuracyOf(now, common), before: accuracyOf(before, common) },
  }
}

const notEvaluated = -1
const anotherClass = -2

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * By row of the predictions in view: the class that the run before predicts for the image in the same part, by its index there, or one of the two above.
 * null: it was not evaluated in that part.
 */
async function answersBefore(
  db: Db,
  columns: Counting,
  run: Run,
  setId: number | undefined,
  before: Run,
): Promise<Int32Array | null> {
  const part = setId === undefined ? run.evaluatedOn : getPredictionSet(db, setId).part
  const itsSet = part === null ? null : setOfPart(db, before.id, partCode(part))
  // its results stand for a set where they are of that part, as those of runs from before sets are
  if (itsSet === null && before.evaluatedOn !== part) return null
  const now = await columns.allPredictions(run.id, setId)
  const was = await columns.allPredictions(before.id, itsSet ?? undefined)
  const indices = new Map(now.classNames.map((name, index) => [name, index]))
  const classes = was.classNames.map((name) => indices.get(name) ?? anotherClass)
  const predicted = was.predictions.numbers.get('predicted')
  const saidAt = (row: number): number => classes[predicted?.[row] ?? -1] ?? anotherClass
  const ids = now.predictions.imageIds
  const said = new Int32Array(ids.length).fill(notEvaluated)
  const rowOf = new Map(Array.from(was.predictions.imageIds, (id, row) => [id, row]))
  const others: number[] = []
  for (const [row, id] of ids.entries()) {
    const there = rowOf.get(id)
    if (there === undefined) others.push(row)
    else said[row] = saidAt(there)
  }
  if (others.length === 0) return said
  // Files of another version have other numbers: they are the same by what is in them.
  const byContent = new Map<string, number>()
  await eachContent(db, was.predictions.imageIds, (hash, row) => byContent.set(hash, row), nextTurn)
  await eachContent(
    db,
    others.map((row) => ids[row] ?? 0),
    (hash, at) => {
      const there = byContent.get(hash)
      if (there !== undefined) said[others[at] ?? -1] = saidAt(there)
    },
    nextTurn,
  )
  return said
}
