/** In which order runs are offered to be laid over another one. Pure. */
import type { RunRow } from '../../../contract/entities/run-list'

type Offered = Pick<RunRow, 'id' | 'datasetId'>

/** Chosen ones first, then those of the same dataset, newest first; never the run itself. */
export function overlayOrder<R extends Offered>(
  runs: readonly R[],
  run: Offered,
  chosen: readonly number[],
): R[] {
  const rank = (one: R): number => (chosen.includes(one.id) ? 0 : one.datasetId === run.datasetId ? 1 : 2)
  return runs.filter(({ id }) => id !== run.id).sort((a, b) => rank(a) - rank(b) || b.id - a.id)
}
