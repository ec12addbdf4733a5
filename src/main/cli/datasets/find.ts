/** Runs and datasets as people name them: by name, or by the number that a list shows. */
import type { Dataset } from '../../../contract/entities/dataset'
import type { Rating } from '../../../contract/entities/rating'
import type { Run } from '../../../contract/entities/run'
import type { RunRow } from '../../../contract/entities/run-list'
import { WorkbenchError } from '../../../contract/errors'
import { unpackUint32 } from '../../../contract/packed'
import { printQuery } from '../../../domain/query/print'
import type { Expression } from '../../../domain/query/tree'
import type { ReadCall } from '../../host/read-only-core'

/** Throws 'unsupported' where it is of another program. */
export async function findRun(call: ReadCall, wanted: string): Promise<Run> {
  return call('runs.get', { id: (await findRunRow(call, wanted)).id })
}

/** By name, number or DATASET@in-use; also one of another program. `inTrash`: one that was deleted, and can be restored. */
export async function findRunRow(call: ReadCall, wanted: string, inTrash = false): Promise<RunRow> {
  if (wanted.endsWith(inUseEnd) && !inTrash) return runInUse(call, wanted.slice(0, -inUseEnd.length))
  return find(await runsNamed(call, wanted, inTrash), wanted, 'run', 'bitw runs')
}

/** DATASET@in-use names the model that was promoted, and so its run. */
export const inUseEnd = '@in-use'

async function runInUse(call: ReadCall, datasetName: string): Promise<RunRow> {
  const { id: datasetId, name } = await findDataset(call, datasetName)
  const [now] = await call('promotions.list', { datasetId })
  const ids = now?.runId === null || now?.runId === undefined ? [] : [now.runId]
  const [row] = ids.length === 0 ? [] : await call('history.rows', { ids })
  if (row !== undefined) return row
  throw new WorkbenchError('not-found', `No model of ${name} is in use.`, 'Promote a run: bitw promote RUN')
}

/** Those whose name or number it is, and no others, of thousands. */
async function runsNamed(call: ReadCall, wanted: string, inTrash: boolean): Promise<RunRow[]> {
  refuseBlank(wanted, 'run')
  const query = printQuery({ where: namedOrNumbered(wanted), sort: [] })
  const { ids } = await call('history.find', { query: `is:any ${inTrash ? '' : '-'}is:deleted (${query})` })
  const rows = await call('history.rows', { ids: [...unpackUint32(ids)].slice(0, mostNamed) })
  return rows.filter(({ id, name }) => name === wanted || String(id) === wanted)
}

/** Names are compared whole afterwards: of more that contain it, none but the first are looked at. */
const mostNamed = 2000

function namedOrNumbered(wanted: string): Expression {
  const match = (field: string): Expression => ({
    ...{ kind: 'match', field, sign: ':', from: 0, to: 0 },
    values: [{ kind: 'text', pieces: [wanted], from: 0, to: 0 }],
  })
  return /^\d{1,15}$/.test(wanted) ? { kind: 'or', terms: [match('name'), match('id')] } : match('name')
}

export async function findDataset(call: ReadCall, wanted: string): Promise<Dataset> {
  return find(await call('datasets.list', {}), wanted, 'dataset', 'bitw datasets')
}

export async function findRating(call: ReadCall, wanted: string): Promise<Rating> {
  return find(await call('ratings.list', {}), wanted, 'rating', 'bitw rate list')
}

/** A name, or a number; what is both is asked back. */
function find<T extends { readonly id: number; readonly name: string }>(
  all: readonly T[],
  wanted: string,
  kind: string,
  listCommand: string,
): T {
  refuseBlank(wanted, kind)
  const named = all.filter(({ name }) => name === wanted)
  const numbered = all.filter(({ id }) => String(id) === wanted)
  const [first] = named.length > 0 ? named : numbered
  const [other] = numbered
  if (named.length === 1 && first !== undefined && other !== undefined && other !== first) {
    throw new WorkbenchError(
      'bad-input',
      `"${wanted}" is the name of the ${kind} ${String(first.id)}, and the number of the ${kind} "${other.name}".`,
      `Give the other: the number ${String(first.id)}, or the name "${other.name}".`,
    )
  }
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

/** Throws 'bad-input' where no name is given: nothing need be opened to say so. */
export function refuseBlank(wanted: string, kind: string): void {
  if (wanted.trim() !== '') return
  throw new WorkbenchError(
    'bad-input',
    `The ${kind} is empty.`,
    `Give its name or number; "bitw ${kind}s" lists them.`,
  )
}
