/** Which runs differ in nothing but their seed. Pure. */
import type { RunRow, Spread } from '../../../contract/entities/run-list'
import { spreadOf } from '../../../domain/statistics/spread'

type Repeated = Pick<RunRow, 'name' | 'datasetId' | 'model' | 'origin' | 'recipe' | 'accuracy'>

/** Of two or more. */
export function repeatsOf(
  runs: readonly Repeated[],
): readonly { readonly names: string; readonly accuracy: Spread | null }[] {
  const groups = new Map<string, Repeated[]>()
  for (const run of runs) {
    // What another program calls the same settings is not known.
    if (run.recipe === null) continue
    const key = JSON.stringify([run.datasetId, run.model, run.origin, { ...run.recipe, seed: 0 }])
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((group) => ({
      names: group.map(({ name }) => name).join(', '),
      accuracy: spreadOf(group.flatMap(({ accuracy }) => accuracy?.value ?? [])),
    }))
}
