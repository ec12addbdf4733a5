/** The one run that trains: its trainer process from start to end, whatever the end. */
import { withMemoryLimit } from '../engine/environment'
import { memoryAvailable } from './memory-available'
import { activeRunStates, type Run } from '../../contract/entities/run'
import { fromWireError, toWireError, WorkbenchError, type WireError } from '../../contract/errors'
import { dropIncomplete } from '../store/checkpoints'
import { insertLog } from '../store/metrics'
import { getRun, updateRun } from '../store/runs'
import type { TrainJob } from '../trainer/messages'
import { outOfMemory } from '../trainer/out-of-memory'
import { startTrainer, type Trainer, type TrainerEnd } from '../trainer/supervisor'
import type { ServiceContext } from './context'
import type { EngineService } from './engine'
import { createRunFeed } from './run-feed'

export interface Runner {
  active(): Run | null
  /** Resolves when the trainer of a run that has ended has gone too. At once while a run is active. */
  free(): Promise<void>
  /** The run's row exists already. */
  /** `onEnd` when the trainer is at its end, whatever end that is. */
  start(runId: number, job: TrainJob, onEnd?: () => void): void
  /** Throws 'not-found' where that run does not train. */
  stop(runId: number): void
  /** Ends the trainer; its run is left 'interrupted' with everything that was committed. */
  close(): Promise<void>
  /** Of the trainer, for those who watch processes. */
  processId(): number | null
}

export function createRunner(context: ServiceContext, engine: EngineService): Runner {
  const { db, clock, emit } = context
  let current: { runId: number; trainer: Trainer } | null = null

  function start(runId: number, job: TrainJob, whenEnded: () => void = () => undefined): void {
    const feed = createRunFeed(context, engine, runId)
    const onEnd = (end: TrainerEnd): void => {
      current = null
      whenEnded()
      try {
        feed.close()
        settle(runId, end)
      } catch (thrown) {
        // The disk may be full, so that even this cannot be saved: the next start of the core marks the run.
        process.stderr.write(`The end of run ${runId} was not saved: ${toWireError(thrown).message}\n`)
      }
    }
    const trainer = startTrainer({
      trainerPath: context.trainerPath,
      environment: withMemoryLimit(context.trainerEnvironment, memoryAvailable(null)),
      job,
      onMessage: (body) => feed.take(body),
      onEnd,
    })
    current = { runId, trainer }
  }

  function settle(runId: number, end: TrainerEnd): void {
    const log = (text: string): void => {
      const line = { atMs: clock(), kind: 'error' as const, text }
      insertLog(db, runId, line)
      emit({ type: 'run-log', runId, line })
    }
    const interrupted = (error: WireError): void => {
      dropIncomplete(db)
      updateRun(db, runId, { state: 'interrupted', error, endedAtMs: clock() })
      emit({ type: 'run', run: getRun(db, runId) })
    }
    switch (end.kind) {
      case 'exit':
        // 'finished' and 'failed' have said everything; a failure may have left half a checkpoint.
        dropIncomplete(db)
        return
      case 'crash':
        log(end.error.message)
        if (end.lastLines !== '') log(`The trainer's last words: ${end.lastLines}`)
        // Native code that finds no memory aborts the process: only its last words say why.
        return interrupted(toWireError(outOfMemory(new Error(end.lastLines)) ?? fromWireError(end.error)))
      case 'not-saved':
        return interrupted(end.error)
      case 'killed':
        return interrupted({
          code: 'cancelled',
          message: 'The workbench was closed while this run trained. What was committed is kept.',
          wayOut: 'Leave the workbench open until a run has ended.',
        })
    }
  }

  const active = (): Run | null => {
    const run = current === null ? null : getRun(db, current.runId)
    return run !== null && activeRunStates.includes(run.state) ? run : null
  }

  return {
    active,
    free: async () => {
      if (active() === null) await current?.trainer.gone
    },
    start,
    stop(runId) {
      const run = getRun(db, runId)
      if (current?.runId !== runId || active() === null) {
        throw new WorkbenchError('not-found', `The run "${run.name}" does not train.`)
      }
      current.trainer.stop()
    },
    close: async () => {
      await current?.trainer.kill()
    },
    processId: () => current?.trainer.processId ?? null,
  }
}
