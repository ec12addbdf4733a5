/** Which runs differ in nothing but their seed. Pure. */
import type { RunRow, Spread } from '../../../contract/entities/run-list'
import { spreadOf } from '../../../domain/statistics/spread'

type Repeated = Pick<RunRow, 'name' | 'datasetId' | 'model' | 'origin' | 'recipe' | 'accuracy'>

/** Of two seeds or more: the same seed again, as after a correction, is no repeat. */
export function repeatsOf(
  runs: readonly Repeated[],
): readonly { readonly names: string; readonly accuracy: Spread | null }[] {
  const groups = new Map<string, Repeated[]>()
  for (const run of runs) {
    // What another program calls the same settings is not known.
    if (run.recipe === null) continue
    // as many images: another split, or a part of one that has changed since, has others to be right on
    const images = run.accuracy?.total ?? null
    const key = JSON.stringify([run.datasetId, run.model, run.origin, images, { ...run.recipe, seed: 0 }])
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups.values()]
    .filter((group) => new Set(group.map(({ recipe }) => recipe?.seed)).size > 1)
    .map((group) => ({
      names: group.map(({ name }) => name).join(', '),
      accuracy: spreadOf(group.flatMap(({ accuracy }) => accuracy?.value ?? [])),
    }))
}
