/** The home, for commands that change it and for those that only look. */
import { activeRunStates } from '../../../contract/entities/run'
import { WorkbenchError, type ErrorCode } from '../../../contract/errors'
import { openBesideCore, type BesideCore } from '../../host/beside-core'
import { openCore, type Core } from '../../host/compose'
import { openReadOnlyCore, type ReadCall } from '../../host/read-only-core'
import { openControl } from '../../rpc/control-client'
import { serveControl } from '../../rpc/control-socket'
import type { CliContext } from '../context'

/** A core that this command opened, or that of the window or server that has the home. */
export interface AnyCore extends Pick<Core, 'call' | 'subscribe' | 'close'> {
  /** It has the home in another process, and stays when the command ends. */
  readonly isElsewhere: boolean
}

/** What can be asked of whoever has the home; else as `withCore`. */
export async function withAnyCore<T>(
  context: CliContext,
  command: string,
  work: (core: AnyCore) => Promise<T>,
  options: { readonly worksQueue?: boolean } = {},
): Promise<T> {
  try {
    return await withCore(context, command, (core) => work({ ...core, isElsewhere: false }), options)
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'home-locked') throw thrown
    const remote = await openControl(context.homePath)
    if (remote === null) throw thrown
    try {
      return await work({ ...remote, isElsewhere: true })
    } finally {
      await remote.close()
    }
  }
}

/** The others would end before the look through the database has, and wait for its process to be gone. */
const lastingCommands: ReadonlySet<string> = new Set([
  'demo',
  'train',
  'resume',
  'runs stop',
  'serve',
  'queue start',
  'sweep',
])

/** Opens the core, does the work, closes the core. Throws 'home-locked' where another has the home. */
export async function withCore<T>(
  { homePath, trainerPath, output }: CliContext,
  command: string,
  work: (core: Core) => Promise<T>,
  { worksQueue = false }: { readonly worksQueue?: boolean } = {},
): Promise<T> {
  const core = await openCore({
    homePath,
    trainerPath,
    purpose: `bitw ${command}`,
    worksQueue,
    ...(!lastingCommands.has(command) && { checkerPath: null }),
  })
  core.subscribe(({ event }) => {
    if (event.type !== 'database-checked' || event.check.state !== 'damaged' || event.check.error === null)
      return
    output.note(`${event.check.error.message} ${event.check.error.wayOut}`)
  })
  for (const note of core.startNotes) output.note(note)
  const control = lastingCommands.has(command) ? await serveControl(core, homePath) : null
  try {
    return await work(core)
  } finally {
    await control?.close()
    await core.close()
  }
}

/**
 * For predictions and exports, which write nothing of the home: beside a core that may be at work in it, in a home that cannot be written, and without
 * one. Only a home of an older version is opened as by any other command.
 */
export async function withoutWriting<T>(
  context: CliContext,
  command: string,
  work: (core: BesideCore) => Promise<T>,
): Promise<T> {
  const core = ifCurrent(() => openBesideCore(context))
  if (core === null) return withCore(context, command, work)
  try {
    return await work(core)
  } finally {
    await core.close()
  }
}

/** Looks without writing, beside a core that may be at work in the same home. */
export async function withReading<T>(
  context: CliContext,
  command: string,
  look: (call: ReadCall) => Promise<T>,
): Promise<T> {
  const reader = ifCurrent(() => openReadOnlyCore(context.homePath))
  if (reader !== null) {
    try {
      const { ids } = await reader.call('history.find', { query: activeQuery })
      if (ids === '') return await look(reader.call)
    } finally {
      reader.close()
    }
  }
  // A run is under way, or its core was killed: only who gets the home may say that it was interrupted.
  return withTidiedHome(context, command, look)
}

const activeQuery = `is:any state:${activeRunStates.join(',')}`

async function withTidiedHome<T>(
  context: CliContext,
  command: string,
  look: (call: ReadCall) => Promise<T>,
): Promise<T> {
  try {
    return await withCore(context, command, (core) => look(core.call))
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || !stillReadable.includes(thrown.code)) throw thrown
  }
  const reader = openReadOnlyCore(context.homePath)
  try {
    return await look(reader.call)
  } finally {
    reader.close()
  }
}

/** null where the database must be brought up to date first, which only a writer can do. */
function ifCurrent<T>(open: () => T): T | null {
  try {
    return open()
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'home-broken') return null
    throw thrown
  }
}

/** Another core is at work, or nothing can be written: looking goes on. */
const stillReadable: readonly ErrorCode[] = ['home-locked', 'home-read-only', 'disk-full']
