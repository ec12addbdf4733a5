/** What a run fixed and broke against the one before it, or the one that it trained again. */
import type { Comparison } from '../../../contract/entities/comparison'
import { WorkbenchError } from '../../../contract/errors'
import { unpackUint32 } from '../../../contract/packed'
import type { Run } from '../../../contract/entities/run'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'
import { idBefore } from './run-choices.svelte'

/** Of more, the comparison takes seconds: Compare has it. */
const mostImages = 100_000

export interface RunChanges {
  readonly against: { readonly id: number; readonly name: string }
  readonly comparison: Comparison
}

/** null: there is no run before it, or it has no image in common. */
export async function changesOf(run: Run): Promise<RunChanges | null> {
  if (run.wrongCount === null || (run.accuracy?.total ?? 0) > mostImages) return null
  const id = await idBefore(run)
  if (id === null) return null
  try {
    const comparison = await app.call('runs.compare', { first: id, second: run.id })
    const { name } = await app.call('runs.get', { id })
    return { against: { id, name }, comparison }
  } catch (thrown) {
    // other images, or none of the same part: nothing is to be said
    if (!(thrown instanceof WorkbenchError && thrown.code === 'not-found')) toasts.error(thrown)
    return null
  }
}

/** The newest run that trains this one again, as it was, on its dataset as it is now; null: there is none. */
export async function trainedAgain(run: Run): Promise<Run | null> {
  const { newest } = await runsAgain(run.id, '-state:failed')
  for (const id of newest) {
    const other = await app.call('runs.get', { id })
    const isSame = JSON.stringify(asTrained(other.recipe)) === JSON.stringify(asTrained(run.recipe))
    if (isSame && other.datasetVersion === run.currentVersion) return other
  }
  return null
}
const mostAsked = 10

/** The runs that train this one again. */
export async function runsAgain(
  id: number,
  more = '',
): Promise<{ newest: readonly number[]; count: number }> {
  const { ids } = await app.call('history.find', { query: `again:${String(id)} ${more}`, sort: '-id' })
  const found = unpackUint32(ids)
  return { newest: [...found.slice(0, mostAsked)], count: found.length }
}

/** How many images are computed at once is the machine's choice. */
function asTrained(recipe: Run['recipe']): Partial<Run['recipe']> {
  return { ...recipe, microBatchSize: 0 }
}
