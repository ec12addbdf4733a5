/** How runs end: written at once, or, where that cannot be done, kept in memory, told to the clients, and written when there is room. */
import type { RunState } from '../../contract/entities/run'
import { toWireError, type WireError } from '../../contract/errors'
import { forgetEnd, keepEnd, keptEnds } from '../store/runs/kept-ends'
import { findRunName, getRun } from '../store/runs/runs'
import { withRoomOfLog } from '../store/home/space'
import { plainStoreError } from '../store/sqlite-errors'
import type { ServiceContext } from '../app/context'

export interface RunEnd {
  /** What the run shows while its end cannot be written. */
  readonly state: RunState
  readonly error: WireError | null
  /** Writes the end, whole. */
  save(): void
  /** Tells the clients; after it is written. */
  tell(): void
}

export interface RunEnds {
  /** Never throws: a run whose trainer has gone has ended, whatever the disk says. */
  end(runId: number, end: RunEnd): void
  /** Writes what can be written by now. */
  retry(): void
  /** The last try. */
  close(): void
}

/** Room comes when someone deletes something: soon enough after that, and often enough to cost nothing. */
const retryMs = 2000

export function createRunEnds({ db, clock, emit }: Pick<ServiceContext, 'db' | 'clock' | 'emit'>): RunEnds {
  const tellers = new Map<number, () => void>()
  let timer: NodeJS.Timeout | undefined

  function end(runId: number, { state, error, save, tell }: RunEnd): void {
    try {
      withRoomOfLog(db, save)
    } catch (thrown) {
      const reason = toWireError(plainStoreError(thrown, db.name))
      keepEnd(db, runId, { shown: { state, endedAtMs: clock(), error: notYetSaved(error, reason) }, save })
      tellers.set(runId, tell)
      timer ??= setInterval(retry, retryMs).unref()
      emit({ type: 'run', run: getRun(db, runId) })
      return
    }
    forgetEnd(db, runId)
    tell()
  }

  function retry(): void {
    for (const [runId, { save }] of [...keptEnds(db)]) {
      try {
        if (findRunName(db, runId) !== null) withRoomOfLog(db, save)
      } catch {
        continue // told already: the next try comes soon
      }
      forgetEnd(db, runId)
      if (findRunName(db, runId) !== null) tellers.get(runId)?.()
    }
    for (const runId of tellers.keys()) if (!keptEnds(db).has(runId)) tellers.delete(runId)
    if (tellers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    end,
    retry,
    close() {
      retry()
      clearInterval(timer)
      for (const runId of keptEnds(db).keys()) {
        process.stderr.write(
          `Could not save the end of the run "${findRunName(db, runId) ?? String(runId)}". The next start shows it as interrupted; resume it then.\n`,
        )
      }
    },
  }
}

/** `error` null: the run has ended well. */
function notYetSaved(error: WireError | null, reason: WireError): WireError {
  if (error === null) {
    return {
      code: reason.code,
      message: `The run has ended, but its result could not be saved. ${reason.message} The result is kept in memory and is saved as soon as that is possible.`,
      wayOut: `${reason.wayOut} Keep the workbench open until then.`.trim(),
    }
  }
  const why = error.message === reason.message ? '' : ` ${reason.message}`
  return {
    code: error.code,
    message: `${error.message}${why} How the run ended is kept in memory and is saved as soon as that is possible.`,
    wayOut: error.message === reason.message ? error.wayOut : `${reason.wayOut} ${error.wayOut}`.trim(),
  }
}
