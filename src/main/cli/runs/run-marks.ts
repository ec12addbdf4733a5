/** What is said of runs, from the command line: of those that are named, or of all that a query finds. */
import type { RunMarks } from '../../../contract/entities/run-list'
import { trashDays } from '../../../contract/entities/run-list'
import { unpackUint32 } from '../../../contract/packed'
import { WorkbenchError } from '../../../contract/errors'
import { dataSince, runCommand } from '../../../domain/run-command'
import type { Core } from '../../host/compose'
import type { CliContext } from '../context'
import { findRun, findRunRow } from '../datasets/find'
import { bytes, plural } from '../text/format'
import { withAnyCore, withReading } from '../machine/open'
import { withCaret } from '../text/query-caret'

export interface ChosenOptions {
  readonly query?: string
}

/** `said`: what was done, as 'Starred 3 runs'. */
export function runMark(
  context: CliContext,
  wanted: readonly string[],
  options: ChosenOptions,
  marks: RunMarks,
  said: string,
): Promise<number> {
  return withAnyCore(context, 'runs', async ({ call }) => {
    const ids = await chosen(call, wanted, options)
    await call('history.mark', { ids, marks })
    return told(context, said, ids)
  })
}

export function runTrash(
  context: CliContext,
  wanted: readonly string[],
  options: ChosenOptions & { readonly now?: boolean; readonly force?: boolean },
): Promise<number> {
  return withAnyCore(context, 'runs', async ({ call }) => {
    const ids = await chosen(call, wanted, options)
    try {
      await call('history.trash', { ids, evenInUse: options.force === true })
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError) || thrown.code !== 'needs-consent') throw thrown
      throw new WorkbenchError(thrown.code, thrown.message, 'Promote another run first, or add --force.')
    }
    if (options.now !== true)
      return told(
        context,
        'Deleted',
        ids,
        `For ${String(trashDays)} days "bitw runs restore" brings ${ids.length === 1 ? 'it' : 'them'} back.`,
      )
    await call('history.purge', { ids })
    return told(context, 'Deleted for good', ids)
  })
}

export function runRestore(
  context: CliContext,
  wanted: readonly string[],
  options: ChosenOptions,
): Promise<number> {
  return withAnyCore(context, 'runs', async ({ call }) => {
    const ids = await chosen(call, wanted, options, true)
    await call('history.restore', { ids })
    return told(context, 'Restored', ids)
  })
}

/** What is in the trash and takes up; with `empty`, it is deleted for good. */
export function runTrashState(context: CliContext, { empty }: { readonly empty?: boolean }): Promise<number> {
  return withAnyCore(context, 'runs', async ({ call }) => {
    const space = await call('history.space', {})
    if (empty === true) await call('history.purge', {})
    context.output.record({ type: 'trash', ...space, emptied: empty === true })
    const what = `${plural(space.count, 'run')}, ${bytes(space.byteCount)}`
    context.output.print(empty === true ? `Deleted for good: ${what}` : `In the trash: ${what}`)
    return 0
  })
}

export function runRename(context: CliContext, wanted: string, name: string): Promise<number> {
  return withAnyCore(context, 'runs', async ({ call }) => {
    const { id } = await findRunRow(call, wanted)
    const renamed = await call('runs.rename', { id, name })
    context.output.record({ type: 'renamed', id, ...renamed })
    context.output.print(`The run ${String(id)} is called ${renamed.name} now.`)
    return 0
  })
}

/** The command that trains it again, alone on stdout; what differs in the data goes beside it. */
export function runAsCommand(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'runs', async (call) => {
    const run = await findRun(call, wanted)
    const command = runCommand(run)
    const differences = dataSince(run, await call('datasets.versions', { id: run.datasetId }))
    context.output.record({ type: 'command', command, differences })
    for (const sentence of differences) context.output.note(sentence)
    context.output.print(command)
    return 0
  })
}

/** Throws 'bad-input' where nothing is named and no query given, 'not-found' where it finds none. */
async function chosen(
  call: Core['call'],
  wanted: readonly string[],
  { query }: ChosenOptions,
  inTrash = false,
): Promise<number[]> {
  if (query === undefined) {
    if (wanted.length === 0)
      throw new WorkbenchError('bad-input', 'No run is named.', 'Give runs by name or number, or --query.')
    const ids: number[] = []
    for (const one of wanted) ids.push((await findRunRow(call, one, inTrash)).id)
    return ids
  }
  if (wanted.length > 0)
    throw new WorkbenchError('bad-input', 'Runs are named, and a query is given.', 'Give one of the two.')
  const whole = inTrash ? `is:deleted (${query})` : query
  const found = await withCaret(query, () =>
    call('history.find', { query: query.trim() === '' && inTrash ? 'is:deleted' : whole }),
  )
  const ids = [...unpackUint32(found.ids)]
  if (ids.length > 0) return ids
  throw new WorkbenchError('not-found', `No run matches ${query}.`, '"bitw runs" lists them.')
}

function told({ output }: CliContext, said: string, ids: readonly number[], more = ''): number {
  output.record({ type: 'changed-runs', ids })
  output.print(`${said}: ${plural(ids.length, 'run')}.${more === '' ? '' : ` ${more}`}`)
  return 0
}
