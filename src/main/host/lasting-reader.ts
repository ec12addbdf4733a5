/** The calls that only look, for a process that stays: it follows the home as that is made, moved, or brought up to date. */
import { statSync } from 'node:fs'
import { homePaths } from './paths'
import { openReadOnlyCore, type ReadOnlyCore } from './read-only-core'

/** Opened at the first call, and again where the database is another file than the one that was opened. */
export function openLastingReader(homePath: string): ReadOnlyCore {
  const { databasePath } = homePaths(homePath)
  let opened: { readonly core: ReadOnlyCore; readonly identity: string } | null = null
  const current = (): ReadOnlyCore => {
    const identity = identityOf(databasePath)
    if (opened !== null && opened.identity !== identity) close()
    opened ??= { core: openReadOnlyCore(homePath), identity }
    return opened.core
  }
  const close = (): void => {
    opened?.core.close()
    opened = null
  }
  return { call: async (name, input) => current().call(name, input), close }
}

function identityOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? 'none' : `${found.dev} ${found.ino}`
}
