/** The runs that train, one on each device: their trainer processes from start to end, whatever the end. */
import { missingWords, type Device, type Devices } from '../engine/devices'
import { withMemoryLimit } from '../engine/environment'
import { memoryAvailable } from '../engine/memory-available'
import { activeRunStates, type LogLine, type Run } from '../../contract/entities/run'
import { fromWireError, toWireError, WorkbenchError, type WireError } from '../../contract/errors'
import { keptEnds } from '../store/runs/kept-ends'
import { dropLeftOvers } from '../store/home/left-overs'
import { insertLog } from '../store/runs/metrics'
import { findRunName, getRun, rewindRun, updateRun } from '../store/runs/runs'
import { inTransaction } from '../store/statement'
import { listUnreadable } from '../store/datasets/unreadable-images'
import type { AfterStop, TrainJob } from '../protocol/messages'
import { outOfMemory } from '../protocol/out-of-memory'
import { startTrainer, type Trainer, type TrainerEnd } from '../protocol/supervisor'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { readCheckpoint } from '../store/checkpoints/checkpoint-read'
import { sweepCheckpoints } from '../store/checkpoints/checkpoint-space'
import { busyError } from './obstacles'
import { findBest } from './best-checkpoint'
import { createRunEnds } from './run-ends'
import { createRunFeed, type RunFeed } from './run-feed'
import { inSmallerPieces, type SmallerPieces } from './smaller-pieces'

export interface Runner {
  /** Those that train, or are about to. */
  active(): readonly Run[]
  /** 'busy' while a run trains on every device; null where another can begin. */
  inTheWay(): WireError | null
  /**
   * Resolves when the devices are known, and the trainers have gone whose runs have ended: that of `runId`, and where they hold all that are left, one of them. At
   * once while a run trains on every device.
   */
  free(runId?: number): Promise<void>
  /**
   * The run counts as active from now on, before it has a trainer, and has a device. Ends with `start`, or by calling what is returned. Throws 'busy' while a run
   * trains on every device. A stop that comes meanwhile counts for the trainer from its first moment.
   */
  claim(runId: number): () => void
  /**
   * The run's row exists already. `resumeBytes`: of the checkpoint that the job goes on from. `whenEnded` at its end, whatever end that is: no trainer
   * needs the job's files any more. Throws 'cancelled' where the core closes.
   */
  start(runId: number, job: TrainJob, resumeBytes: ResumeBytes | null, whenEnded?: () => void): void
  /** Of a run that did not come to have a trainer. Never throws: what cannot be written is kept, see run-ends.ts. */
  end(runId: number, state: 'failed' | 'interrupted', error: WireError): void
  /** Ends of runs that could not be written before. */
  saveEnds(): void
  /** Throws 'not-found' where that run does not train, 'unsupported' where it is past the last step that could be left out. */
  stop(runId: number, how?: StopKind): void
  /** Ends the trainer; its run is left 'interrupted' with everything that was committed. */
  close(): Promise<void>
  /** Of the trainer of that run, or of whichever there is, for those who watch processes. */
  processId(runId?: number): number | null
}

type ResumeBytes = AsyncIterator<Uint8Array, unknown, undefined>

/** evaluate: with the weights of the last step. pause: not evaluated, to go on later. best: evaluated with the checkpoint that was best on val. */
export type StopKind = 'evaluate' | 'pause' | 'best'

const afterStop: Readonly<Record<StopKind, AfterStop>> = {
  evaluate: 'evaluate',
  pause: 'pause',
  best: 'validate',
}

/** One run from its start to its end; by more than one trainer where memory ran out, or where the best checkpoint is kept. */
interface Work {
  readonly runId: number
  readonly device: Device
  /** Of the trainer that works on it now, or worked last. */
  feed: RunFeed
  trainer: Trainer
  end: Promise<TrainerEnd>
  wish: 'go on' | 'close' | StopKind
  gone: Promise<void>
}

/** Of a run whose files are being opened. */
interface Claim {
  readonly runId: number
  readonly device: Device
  stopAsked: StopKind | null
  release(): void
  readonly released: Promise<void>
}

const closedMeanwhile: WireError = {
  code: 'cancelled',
  message: 'The workbench was closed while this run was training. Completed steps were kept.',
  wayOut: 'Keep the workbench open until the run has ended.',
}

/** After the trainer of this run. Passed over where even that cannot be written: the next start drops them. */
function dropIfPossible(
  { db, checkpoints }: Pick<ServiceContext, 'db' | 'checkpoints'>,
  runId: number,
): void {
  try {
    dropLeftOvers(db, runId)
    void sweepCheckpoints({ db, checkpoints })
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
  }
}

/** For the log. */
function lastWords(end: TrainerEnd): string[] {
  if (end.kind !== 'crash') return []
  return [end.error.message, ...(end.lastLines === '' ? [] : [`The trainer's last output: ${end.lastLines}`])]
}

function hasToClose({ wish }: Work): boolean {
  return wish === 'close'
}

function tooLate(name: string): WorkbenchError {
  return new WorkbenchError(
    'unsupported',
    `"${name}" is being evaluated: its steps are done.`,
    'Wait until it ends by itself, which does not take long.',
  )
}

function stopWork(work: Work, how: StopKind): void {
  work.wish = how
  work.trainer.stop(afterStop[how])
}

export function createRunner(
  context: ServiceContext,
  engine: EngineService,
  devices: Pick<Devices, 'found' | 'list' | 'missing'>,
): Runner {
  const { db, checkpoints, clock, emit } = context
  /** By run; until the trainer has gone. */
  const works = new Map<number, Work>()
  const claims = new Map<number, Claim>()
  let isClosing = false
  const ends = createRunEnds(context)

  /** For a run that begins now; best one that no trainer holds that still ends. Throws 'busy'. */
  function deviceFor(): Device {
    const all = [...works.values(), ...claims.values()]
    const heldBy = (holders: readonly (Work | Claim)[]) => new Set(holders.map(({ device }) => device.key))
    const [held, needed] = [heldBy(all), heldBy(all.filter(({ runId }) => activeRun(runId) !== null))]
    const list = devices.list()
    const device = list.find(({ key }) => !held.has(key)) ?? list.find(({ key }) => !needed.has(key))
    if (device === undefined) throw fromWireError(busyError(active(), list.length))
    return device
  }

  function claim(runId: number): () => void {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    const made: Claim = { runId, device: deviceFor(), stopAsked: null, release, released }
    claims.set(runId, made)
    return () => {
      if (claims.get(runId) === made) claims.delete(runId)
      release()
    }
  }

  function start(
    runId: number,
    job: TrainJob,
    resumeBytes: ResumeBytes | null,
    whenEnded: () => void = () => undefined,
  ): void {
    if (isClosing) throw fromWireError(closedMeanwhile)
    const claim = claims.get(runId) ?? null
    const device = claim?.device ?? deviceFor()
    const launched = launch({ runId, device }, job, resumeBytes, () => works.get(runId)?.wish === 'best')
    const work: Work = { runId, device, ...launched, wish: 'go on', gone: Promise.resolve() }
    works.set(runId, work)
    claims.delete(runId)
    const missing = missingWords(devices.missing())
    if (missing !== '') log(runId, 'warn', missing)
    if (devices.list().length > 1) log(runId, 'info', `It trains on ${device.name}.`)
    if (claim !== null && claim.stopAsked !== null) stopWork(work, claim.stopAsked)
    work.gone = seeThrough(work, job).finally(whenEnded)
    claim?.release()
  }

  function launch(
    { runId, device }: Pick<Work, 'runId' | 'device'>,
    job: TrainJob,
    resumeBytes: ResumeBytes | null,
    goesOnAfterPause: () => boolean,
  ): Pick<Work, 'feed' | 'trainer' | 'end'> {
    // plans are made for the first device: what another is like is told of its runs alone
    const learner = device.key === devices.list()[0]?.key ? engine : { learn: () => undefined }
    const feed = createRunFeed(context, learner, runId, ends, goesOnAfterPause)
    let resolveEnd: (end: TrainerEnd) => void = () => undefined
    const end = new Promise<TrainerEnd>((resolve) => (resolveEnd = resolve))
    const trainer = startTrainer({
      trainerPath: context.trainerPath,
      environment: withMemoryLimit(
        { ...context.trainerEnvironment, ...device.environment },
        memoryAvailable(null),
      ),
      job,
      ...(resumeBytes !== null && { resumeBytes }),
      onMessage: (body) => feed.take(body),
      onEnd: resolveEnd,
    })
    return { feed, trainer, end }
  }

  async function seeThrough(work: Work, first: TrainJob): Promise<void> {
    let [job, end] = [first, await work.end]
    try {
      while (!hasToClose(work)) {
        const smaller = inSmallerPieces(job, end)
        if (smaller !== null) {
          work.feed.close()
          tellWhy(work.runId, end)
          job = smaller.job
          end = await repeat(work, smaller)
        } else if (work.wish === 'best' && work.feed.hasPaused()) {
          job = { ...job, onlyEvaluates: true }
          end = await evaluateBest(work, job)
        } else break
      }
    } catch (thrown) {
      end = { kind: 'not-saved', error: toWireError(thrown) }
    }
    if (works.get(work.runId) === work) works.delete(work.runId)
    try {
      work.feed.close()
      settle(work.runId, end)
    } catch (thrown) {
      // not even read: the next start of the core marks the run
      process.stderr.write(`Could not tell the end of run ${work.runId}: ${toWireError(thrown).message}\n`)
    }
  }

  /** In another process, from the last checkpoint or with the best: native code that finds no memory may end its own in the place of the step. */
  async function repeat(work: Work, { job, words }: SmallerPieces): Promise<TrainerEnd> {
    const { runId } = work
    if (job.onlyEvaluates === true) {
      log(runId, 'warn', words)
      dropLeftOvers(db, runId)
      updateRun(db, runId, { state: 'starting', error: null })
      emit({ type: 'run', run: getRun(db, runId) })
      return evaluateBest(work, job)
    }
    const { checkpointId, ...rest } = rewindRun(db, runId)
    log(runId, 'warn', `${words} Continuing after step ${String(rest.stepIndex)}.`)
    emit({ type: 'run', run: getRun(db, runId) })
    // those that the trainer before found are the run's
    const unreadable = listUnreadable(db, runId)
    const resume = checkpointId === null ? null : rest
    const bytes = checkpointId === null ? null : readCheckpoint(db, checkpoints, checkpointId)
    Object.assign(
      work,
      launch(work, { ...job, unreadable, resume }, bytes, () => work.wish === 'best'),
    )
    if (work.wish !== 'go on' && work.wish !== 'close') stopWork(work, work.wish)
    return work.end
  }

  /** `job`: one that only evaluates. In a trainer of its own: the one before has gone, with the weights of the last step, or out of memory. */
  async function evaluateBest(work: Work, job: TrainJob): Promise<TrainerEnd> {
    const { runId } = work
    work.feed.close()
    const { resume, bytes } = await findBest(context, runId, (line) => log(runId, line.kind, line.text))
    if (hasToClose(work)) return { kind: 'killed' }
    const unreadable = listUnreadable(db, runId)
    Object.assign(
      work,
      launch(work, { ...job, unreadable, resume }, bytes, () => false),
    )
    return work.end
  }

  function log(runId: number, kind: LogLine['kind'], text: string): void {
    const line = { atMs: clock(), kind, text }
    insertLog(db, runId, line)
    emit({ type: 'run-log', runId, line })
  }

  function tellWhy(runId: number, end: TrainerEnd): void {
    for (const text of lastWords(end)) log(runId, 'error', text)
  }

  function settle(runId: number, end: TrainerEnd): void {
    switch (end.kind) {
      case 'exit':
        // 'finished', 'paused', 'interrupted' and 'failed' have said everything; an end that is not written yet still needs what it publishes
        if (!keptEnds(db).has(runId)) dropIfPossible(context, runId)
        return
      case 'crash':
        // Native code that finds no memory aborts the process: only its last words say why.
        return interrupt(
          runId,
          toWireError(outOfMemory(new Error(end.lastLines)) ?? fromWireError(end.error)),
          lastWords(end),
        )
      case 'not-saved':
        return interrupt(runId, end.error)
      case 'killed':
        return interrupt(runId, closedMeanwhile)
    }
  }

  function interrupt(runId: number, error: WireError, words: readonly string[] = []): void {
    const endedAtMs = clock()
    const lines = words.map((text) => ({ atMs: endedAtMs, kind: 'error', text }) as const)
    ends.end(runId, {
      state: 'interrupted',
      error,
      save: () => {
        dropIfPossible(context, runId)
        inTransaction(db, () => {
          for (const line of lines) insertLog(db, runId, line)
          updateRun(db, runId, { state: 'interrupted', error, endedAtMs })
        })
      },
      tell: () => {
        for (const line of lines) emit({ type: 'run-log', runId, line })
        emit({ type: 'run', run: getRun(db, runId) })
      },
    })
  }

  /** Deleted, it may be, while its trainer still ends. */
  function activeRun(runId: number): Run | null {
    const run = findRunName(db, runId) === null ? null : getRun(db, runId)
    return run !== null && activeRunStates.includes(run.state) ? run : null
  }

  const active = (): Run[] =>
    [...new Set([...claims.keys(), ...works.keys()])].flatMap((id) => activeRun(id) ?? [])

  function inTheWay(): WireError | null {
    const [runs, { length }] = [active(), devices.list()]
    return runs.length < length ? null : busyError(runs, length)
  }

  return {
    active,
    inTheWay,
    async free(runId) {
      await devices.found
      if (runId !== undefined && activeRun(runId) === null) await works.get(runId)?.gone
      const taken = (): number => works.size + claims.size
      while (inTheWay() === null && taken() >= devices.list().length) {
        const ending = [...works.values()].filter((work) => activeRun(work.runId) === null)
        const releasing = [...claims.values()].filter((one) => activeRun(one.runId) === null)
        await Promise.race([...ending.map(({ gone }) => gone), ...releasing.map(({ released }) => released)])
      }
    },
    claim,
    start,
    end(runId, state, error) {
      const ended = { state, error, endedAtMs: clock() }
      ends.end(runId, {
        state,
        error,
        save: () => updateRun(db, runId, ended),
        tell: () => emit({ type: 'run', run: getRun(db, runId) }),
      })
    },
    saveEnds: () => ends.retry(),
    stop(runId, how = 'evaluate') {
      const run = getRun(db, runId)
      if (run.state === 'evaluating' && how !== 'evaluate') throw tooLate(run.name)
      const claim = claims.get(runId)
      const work = works.get(runId)
      if (claim !== undefined) claim.stopAsked = how
      else if (work !== undefined && activeRun(runId) !== null) stopWork(work, how)
      else throw new WorkbenchError('not-found', `The run "${run.name}" is not training.`)
    },
    close: async () => {
      isClosing = true
      await Promise.all([...claims.values()].map(({ released }) => released))
      await Promise.all(
        [...works.values()].flatMap((work) => {
          work.wish = 'close'
          return [work.trainer.kill(), work.gone]
        }),
      )
      ends.close()
    },
    processId: (runId) =>
      (runId === undefined ? [...works.values()][0] : works.get(runId))?.trainer.processId ?? null,
  }
}
