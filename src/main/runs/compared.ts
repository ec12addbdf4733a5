/** Answers about two runs: the comparison, by slice, and the images of its groups. */
import type { ComparedSlice } from '../../contract/entities/comparison'
import { countOf } from '../../domain/comparison/compare'
import { sliceQuery } from '../../domain/query/correctness'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import type { Columns } from '../columns/columns'
import { getRun } from '../store/runs/runs'
import { listSavedQueries } from '../store/saved-queries'
import { createComparer, setFor, type Question } from './compare'
import { queryFault } from './query-fault'

export type ComparisonCall = 'runs.compare' | 'runs.compareSlices' | 'runs.compared'

export function comparisonHandlers(
  { db }: Pick<ServiceContext, 'db'>,
  columns: Pick<Columns, 'predictions'>,
): Pick<DomainHandlers<'runs'>, ComparisonCall> {
  const compare = createComparer({ db })

  /** Those that it finds among the second run's predictions, right and wrong. */
  async function found({ second }: Question, setId: number, query: string): Promise<ReadonlySet<number>> {
    const { predictions, rows } = await columns.predictions(second, sliceQuery(query), setId)
    return new Set(Array.from(rows, (row) => predictions.imageIds[row] ?? -1))
  }

  return {
    'runs.compare': async (question) => (await compare(question)).comparison,
    'runs.compareSlices': async (question) => {
      const { comparison, images } = await compare(question)
      const run = getRun(db, question.second)
      const setId = setFor(db, run, comparison.part)
      const slices: ComparedSlice[] = []
      for (const { id, name, query } of listSavedQueries(db, 'predictions', run.datasetId)) {
        const { ids, fault } = await understood(() => found(question, setId, query))
        slices.push({ id, name, query, fault, counts: countOf(images.filter((one) => ids.has(one.imageId))) })
      }
      return slices
    },
    'runs.compared': async ({ group, className, query, relabelled, offset, limit, ...question }) => {
      const { comparison, images } = await compare(question)
      const setId = setFor(db, getRun(db, question.second), comparison.part)
      const ids = query === undefined ? null : await found(question, setId, query)
      const narrowed = images.filter(
        ({ imageId, label, isRelabelled }) =>
          (className === undefined || label === className) &&
          (ids === null || ids.has(imageId)) &&
          (relabelled !== true || isRelabelled),
      )
      const wanted = narrowed.filter((image) => image.group === group)
      return {
        total: wanted.length,
        counts: countOf(narrowed),
        images: wanted.slice(offset, offset + limit),
      }
    },
  }
}

async function understood(
  find: () => Promise<ReadonlySet<number>>,
): Promise<{ ids: ReadonlySet<number>; fault: string }> {
  try {
    return { ids: await find(), fault: '' }
  } catch (thrown) {
    return { ids: new Set(), fault: queryFault(thrown) }
  }
}
