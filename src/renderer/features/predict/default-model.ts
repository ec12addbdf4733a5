/** Which models can be asked what is in an image, and which of them is asked first. Pure. */
import type { ModelEntry } from '../../../contract/entities/model'
import type { RunRow } from '../../../contract/entities/run-list'

/** Those that are here, whole, and have classes. */
export function askable(models: readonly ModelEntry[]): readonly ModelEntry[] {
  return models.filter(({ state, classCount }) => state === 'ready' && classCount !== null)
}

/**
 * The model that was promoted last; without one the newest run that is good; without one the embedded model; else any. A run is good where its images are right more often than guessing
 * would be: the lower end of its 95 % interval is above one in its number of classes.
 */
export function firstModel(
  models: readonly ModelEntry[],
  runs: readonly RunRow[],
  inUse: readonly ModelEntry[] = [],
): ModelEntry | null {
  const [promoted] = askable(inUse)
  if (promoted !== undefined) return promoted
  const found = askable(models)
  const newest = [...runs].sort((a, b) => b.createdAtMs - a.createdAtMs || b.id - a.id)
  for (const { id, accuracy } of newest) {
    const model = found.find(({ runId }) => runId === id)
    if (model !== undefined && accuracy !== null && accuracy.low > 1 / (model.classCount ?? 1)) return model
  }
  return found.find(({ origin }) => origin === 'embedded') ?? found[0] ?? null
}
