/** What a run fixed and broke against the one before it, or the one that it trained again. */
import type { Comparison } from '../../../contract/entities/comparison'
import { WorkbenchError } from '../../../contract/errors'
import { unpackUint32 } from '../../../contract/packed'
import type { Run } from '../../../contract/entities/run'
import { printWord } from '../../../domain/query/print'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'
import { evaluatedRuns } from './run-choices.svelte'

/** Of more, the comparison takes seconds: Compare has it. */
const mostImages = 100_000

export interface RunChanges {
  readonly against: { readonly id: number; readonly name: string }
  readonly comparison: Comparison
}

/** `againstId` null: the newest older run of the dataset that was evaluated. null: there is none, or it has no image in common. */
export async function changesOf(run: Run, againstId: number | null): Promise<RunChanges | null> {
  if (run.wrongCount === null || (run.accuracy?.total ?? 0) > mostImages) return null
  const id = againstId ?? (await runBefore(run))
  if (id === null || id === run.id) return null
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

async function runBefore({ id, datasetName }: Run): Promise<number | null> {
  const query = `${evaluatedRuns} id<${String(id)} ${printWord('dataset', datasetName)}`
  const { ids } = await app.call('history.find', { query, sort: '-id' })
  return unpackUint32(ids)[0] ?? null
}
