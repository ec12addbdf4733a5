/** The slices of a run: how right it is on the images of each saved query about predictions, and how right the run before was. */
import type { Accuracy, Run } from '../../contract/entities/run'
import type { Slice, Slices } from '../../contract/entities/slice'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { sliceQuery } from '../../domain/query/correctness'
import { accuracyOf } from '../../domain/rules/interval'
import type { Columns } from '../columns/columns'
import { classNamesOf } from '../store/datasets/splits'
import { currentSplit } from '../store/column-pages'
import { evaluatedBefore } from '../store/runs/find-runs'
import { getRun } from '../store/runs/runs'
import { listSavedQueries, putSavedQuery } from '../store/saved-queries'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import type { Db } from '../store/statement'
import { readQuery } from '../../domain/query/bind'

type Counting = Pick<Columns, 'countPredictions'>

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

export async function slicesOf(
  db: Db,
  columns: Counting,
  run: Run,
  setId: number | undefined,
): Promise<Slices> {
  const before = evaluatedBefore(db, run)
  const saved = listSavedQueries(db, 'predictions', run.datasetId)
  const slices: Slice[] = []
  for (const { id, name, query, floor } of saved) {
    const now = await measured(columns, run.id, setId, query)
    const was = before === null ? null : await measured(columns, before.id, undefined, query)
    slices.push({
      ...{ id, name, query, floor },
      accuracy: now.accuracy,
      before: was?.accuracy ?? null,
      fails: floor !== null && (now.accuracy === null || now.accuracy.value < floor),
      fault: now.fault,
    })
  }
  return {
    before: before === null ? null : { runId: before.id, name: before.name },
    all: (await measured(columns, run.id, setId, '')).accuracy,
    allBefore: before === null ? null : (await measured(columns, before.id, undefined, '')).accuracy,
    slices,
  }
}

async function measured(
  columns: Counting,
  runId: number,
  setId: number | undefined,
  query: string,
): Promise<{ accuracy: Accuracy | null; fault: string }> {
  try {
    const all = sliceQuery(query)
    const total = await columns.countPredictions(runId, all, setId)
    const correct = await columns.countPredictions(runId, `(${all}) is:right`, setId)
    return { accuracy: total === 0 ? null : accuracyOf(correct, total), fault: '' }
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError && thrown.code === 'bad-input')) throw thrown
    return { accuracy: null, fault: thrown.message }
  }
}
