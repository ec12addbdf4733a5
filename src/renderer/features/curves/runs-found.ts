/** Runs to lay over another one. Pure. */
import type { Run } from '../../../contract/entities/run'

type Named = Pick<Run, 'id' | 'name' | 'datasetId' | 'datasetName' | 'model'>

const shownAtMost = 200

/** Those with all the words, chosen ones first, then those of the same dataset, newest first; never the run itself. */
export function runsFound<R extends Named>(
  runs: readonly R[],
  run: Pick<Run, 'id' | 'datasetId'>,
  text: string,
  chosen: readonly number[],
): { readonly runs: R[]; readonly more: number } {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = (one: R): number => (chosen.includes(one.id) ? 0 : one.datasetId === run.datasetId ? 1 : 2)
  const found = runs
    .filter((one) => {
      const all = `${one.name} ${one.datasetName} ${one.model} ${one.id}`.toLowerCase()
      return one.id !== run.id && words.every((word) => all.includes(word))
    })
    .sort((a, b) => rank(a) - rank(b) || b.id - a.id)
  return { runs: found.slice(0, shownAtMost), more: Math.max(0, found.length - shownAtMost) }
}
