/** The look through the database at each start, in a process of its own: a large one takes seconds, and what is broken may end who reads it. */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { DatabaseCheck } from '../../contract/events'
import { brokenFile } from '../store/sqlite-errors'
import { toWireError } from '../../contract/errors'

export interface DatabaseCheckRun {
  now(): DatabaseCheck
  close(): Promise<void>
}

/** Of a core that does not look. */
export const unchecked: DatabaseCheckRun = {
  now: () => ({ state: 'unknown', error: null }),
  close: () => Promise.resolve(),
}

/** `told` when it has ended. */
export function checkDatabase(
  checkerPath: string,
  databasePath: string,
  told: (check: DatabaseCheck) => void,
): DatabaseCheckRun {
  let check: DatabaseCheck = { state: 'checking', error: null }
  let child: ChildProcess | null = null
  let closing = false
  const end = (ended: DatabaseCheck): void => {
    if (closing || check.state !== 'checking') return
    check = ended
    told(check)
  }
  if (!existsSync(checkerPath)) {
    check = unknown('the program that does it is missing')
    return { now: () => check, close: () => Promise.resolve() }
  }
  child = fork(checkerPath, [databasePath], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const gone = new Promise<void>((resolve) => {
    child?.once('exit', (code, signal) => {
      end(unknown(`the process that does it ended (${signal ?? `exit code ${String(code)}`})`))
      resolve()
    })
    child?.once('error', ({ message }) => {
      end(unknown(message))
      resolve()
    })
  })
  // Built together with the checker; the type is the check.
  child.on('message', (message: { readonly findings: readonly string[] }) =>
    end(found(databasePath, message.findings)),
  )
  child.unref()
  child.channel?.unref()
  return {
    now: () => check,
    close: async () => {
      closing = true
      child?.ref() // whoever waits for it stays until it has gone
      child?.kill('SIGKILL')
      await gone
    },
  }
}

const namedAtMost = 5

function found(path: string, findings: readonly string[]): DatabaseCheck {
  if (findings.length === 0) return { state: 'sound', error: null }
  const more = findings.length > namedAtMost ? `; and ${String(findings.length - namedAtMost)} more` : ''
  return {
    state: 'damaged',
    error: toWireError(brokenFile(path, `${findings.slice(0, namedAtMost).join('; ')}${more}`)),
  }
}

function unknown(why: string): DatabaseCheck {
  return {
    state: 'unknown',
    error: {
      code: 'internal',
      message: `The database could not be checked at the start: ${why}.`,
      wayOut: 'Start the workbench again to check it.',
    },
  }
}
