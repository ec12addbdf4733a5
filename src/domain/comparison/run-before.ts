/** Which run another one is compared with, unless someone says. Pure. */
import type { RunRow } from '../../contract/entities/run-list'

export type Comparable = Pick<RunRow, 'id' | 'datasetId' | 'wrongCount' | 'again' | 'isInUse'>

/** The run that it trains again, else the model in use of its dataset, else the newest older one of it; it was evaluated. null: there is none. */
export function runBefore<R extends Comparable>(
  runs: readonly R[],
  run: Omit<Comparable, 'isInUse' | 'wrongCount'>,
): R | null {
  const again = runs.find(({ id, wrongCount }) => id === run.again?.id && wrongCount !== null)
  if (again !== undefined) return again
  const older = runs.filter(
    (other) => other.datasetId === run.datasetId && other.id < run.id && other.wrongCount !== null,
  )
  const inUse = older.find(({ isInUse }) => isInUse)
  if (inUse !== undefined) return inUse
  return older.reduce<R | null>(
    (newest, other) => (newest === null || other.id > newest.id ? other : newest),
    null,
  )
}
