/** What is known of a run, ours or of another program, for lists and queries. */
import type { RunRow } from '../../../contract/entities/run-list'
import type { QueriedRun } from '../../../domain/query/run-row'

/** A row, and what only queries ask of it. `note` is whole. */
export type RunFacts = RunRow &
  QueriedRun & {
    /** null: it is of another program. */
    readonly splitId: number | null
    readonly weights: string | null
  }

/** What a run's own row says. */
export type Stored = Omit<
  RunFacts,
  'datasetName' | 'origin' | 'isInUse' | 'groupName' | 'parent' | 'again' | 'isDeleted'
> & {
  readonly parentId: number | null
  readonly againId: number | null
}
