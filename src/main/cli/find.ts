/** Runs and datasets as people name them: by name, or by the number that a list shows. */
import type { Dataset } from '../../contract/entities/dataset'
import type { Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { ReadCall } from '../host/read-only-core'

export async function findRun(call: ReadCall, wanted: string): Promise<Run> {
  return find(await call('runs.list', {}), wanted, 'run', 'bitw runs')
}

export async function findDataset(call: ReadCall, wanted: string): Promise<Dataset> {
  return find(await call('datasets.list', {}), wanted, 'dataset', 'bitw datasets')
}

/** A name that is somebody's goes before a number. */
function find<T extends { readonly id: number; readonly name: string }>(
  all: readonly T[],
  wanted: string,
  kind: string,
  listCommand: string,
): T {
  const named = all.filter(({ name }) => name === wanted)
  const [first] = named.length > 0 ? named : all.filter(({ id }) => String(id) === wanted)
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(', ')
    throw new WorkbenchError(
      'bad-input',
      `There are ${named.length} ${kind}s named "${wanted}".`,
      `Use the number of one: ${ids}.`,
    )
  }
  if (first === undefined) {
    throw new WorkbenchError('not-found', `There is no ${kind} "${wanted}".`, `"${listCommand}" lists them.`)
  }
  return first
}
