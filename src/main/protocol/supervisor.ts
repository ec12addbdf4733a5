/**
 * Starts a trainer and watches it. Each message is committed by `onMessage` before the trainer hears of it, so what the
 * trainer believes saved is saved. An exit and a crash are different ends.
 */
import { fork } from 'node:child_process'
import { getPriority, setPriority } from 'node:os'
import { toWireError, type WireError } from '../../contract/errors'
import { deathError } from './death-words'
import { watchMemory } from './memory-witness'
import type { AfterStop, FromTrainer, FromTrainerBody, Job, ImageRequest, ToTrainer } from './messages'

export interface TrainerOptions {
  readonly trainerPath: string
  readonly environment: NodeJS.ProcessEnv
  readonly job: Job
  /** Leaves most of the processor to others who want it. */
  readonly lowPriority?: boolean
  /** What a training goes on from, see TrainJob.resume. What it throws ends the trainer. */
  readonly resumeBytes?: AsyncIterator<Uint8Array, unknown, undefined>
  /** Saves what the message says, wholly, before it returns or what it returns resolves. What it throws ends the trainer. */
  onMessage(body: FromTrainerBody): void | Promise<void>
  onEnd(end: TrainerEnd): void
}

export type TrainerEnd =
  /** It said 'finished', 'paused', 'measured', 'probed', 'exported', 'interrupted' or 'failed' (or gave its report) and ended by itself. */
  | { readonly kind: 'exit' }
  /** It went away before that; `error` is 'trainer-died' in plain words. */
  | { readonly kind: 'crash'; readonly error: WireError; readonly lastLines: string }
  /** The core could not save what it sent; the trainer was ended. */
  | { readonly kind: 'not-saved'; readonly error: WireError }
  /** `kill` was called. */
  | { readonly kind: 'killed' }

export interface Trainer {
  readonly processId: number | null
  /** Asks it to end after the current step and to keep everything; a training is evaluated, unless `then` says otherwise. */
  stop(then?: AfterStop): void
  /** A predict job's next request. */
  askFor(request: ImageRequest): void
  /** SIGTERM now, SIGKILL after the grace; resolves when it has gone. */
  kill(): Promise<void>
  /** Resolves when it has gone, after `onEnd`. */
  readonly gone: Promise<void>
}

/** How much of the trainer's stderr is kept for the case that it dies. */
const keptErrorCharacters = 4096
/** A native step does not see SIGTERM's handler, but the default action ends it at once; this is for a stuck driver. */
const killGraceMs = 3000
/** Between its last message and its end a trainer only frees memory; a driver that hangs there must not hold up the next run. */
const exitGraceMs = 10_000

export function startTrainer(options: TrainerOptions): Trainer {
  const child = fork(options.trainerPath, [], {
    execPath: process.execPath,
    execArgv: [],
    env: options.environment,
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  if (options.lowPriority === true && child.pid !== undefined) yieldProcessor(child.pid)
  const memory = watchMemory(child.pid)
  let lastLines = ''
  let completed = false
  let killed = false
  let notSaved: WireError | null = null
  let spawnError: Error | null = null
  /** Of the last message that is not saved yet; it waits for those before. Never rejects. */
  let unsaved: Promise<void> | null = null
  let grace: NodeJS.Timeout | undefined

  const tell = (message: ToTrainer): void => {
    // A channel that closes meanwhile is no error of its own: the end is told by 'close'.
    if (child.connected) child.send(message, () => undefined)
  }
  const keepLines = (text: string): void => {
    lastLines = (lastLines + text).slice(-keptErrorCharacters)
  }
  child.stdout?.setEncoding('utf8').on('data', keepLines)
  child.stderr?.setEncoding('utf8').on('data', keepLines)

  child.on('message', (received) => {
    if (notSaved !== null || killed) return
    // Both sides are built together; the type is the check (messages.ts).
    const message = received as FromTrainer
    try {
      const saving = message.type === 'resume-wanted' ? sendPart() : options.onMessage(message)
      const commit = (): void => tell({ type: 'committed', messageNumber: message.messageNumber })
      // the word that one is committed counts for all before it
      if (saving === undefined && unsaved === null) commit()
      else follow(saving, commit)
    } catch (thrown) {
      return refuse(thrown)
    }
    if (isLastOf(options.job, message)) {
      completed = true
      grace ??= setTimeout(() => child.kill('SIGKILL'), exitGraceMs)
    }
  })

  function refuse(thrown: unknown): void {
    notSaved ??= toWireError(thrown)
    child.kill('SIGKILL')
  }

  function follow(saving: void | Promise<void>, commit: () => void): void {
    const before = unsaved
    const done = Promise.all([before, saving]).then(() => {
      if (notSaved === null) commit()
    }, refuse)
    unsaved = done
    void done.then(() => {
      if (unsaved === done) unsaved = null
    })
  }

  async function sendPart(): Promise<void> {
    const next = await options.resumeBytes?.next()
    tell({ type: 'resume-part', bytes: next === undefined || next.done === true ? null : next.value })
  }

  const gone = new Promise<void>((resolve) => {
    let waitingFor = 2
    const ended = async (code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
      clearTimeout(grace)
      // what came and is being saved counts, or is the reason of the end
      while (unsaved !== null) await unsaved
      try {
        options.onEnd(endOf(code, signal))
      } finally {
        memory.end()
        resolve()
      }
    }
    let exit: [number | null, NodeJS.Signals | null] = [null, null]
    // 'exit' may come while messages are still on the way; all have come once the channel and both streams are closed.
    const oneClosed = (): void => {
      if (--waitingFor === 0) void ended(...exit)
    }
    child.once('disconnect', oneClosed)
    child.once('close', (code, signal) => {
      exit = [code, signal]
      oneClosed()
    })
    child.once('error', (error) => {
      if (child.pid !== undefined) return
      spawnError = error
      waitingFor = 0
      void ended(null, null)
    })
  })

  function endOf(code: number | null, signal: NodeJS.Signals | null): TrainerEnd {
    if (notSaved !== null) return { kind: 'not-saved', error: notSaved }
    if (completed) return { kind: 'exit' }
    if (killed) return { kind: 'killed' }
    return {
      kind: 'crash',
      error: deathError(code, signal, spawnError, memory.facts()),
      lastLines: lastLines.trim(),
    }
  }

  tell({ type: 'start', job: options.job })
  return {
    processId: child.pid ?? null,
    gone,
    stop: (then = 'evaluate') => tell({ type: 'stop', then }),
    askFor: (request) => tell({ type: 'images', ...request }),
    kill() {
      killed = true
      child.kill('SIGTERM')
      clearTimeout(grace)
      grace = setTimeout(() => child.kill('SIGKILL'), killGraceMs)
      return gone
    },
  }
}

function isLastOf(job: Job, message: FromTrainerBody): boolean {
  if (message.type === 'failed' || message.type === 'interrupted') return true
  switch (job.kind) {
    case 'train':
      return message.type === 'finished' || message.type === 'paused'
    case 'measure':
      return message.type === 'measured'
    case 'probe':
      return message.type === 'probed'
    case 'export':
      return message.type === 'exported'
    case 'report':
      return message.type === 'engine'
    case 'predict':
      return false // it waits for the next request until it is killed
  }
}

/** About a quarter of the processor where a training wants all of it: a photo waits seconds, the training is hardly slower. */
const priorityBelow = 5
const lowestPriority = 19

/** Right after the start: the threads that the process makes later take it over. */
function yieldProcessor(processId: number): void {
  try {
    setPriority(processId, Math.min(getPriority() + priorityBelow, lowestPriority))
  } catch {
    // ended already, or the system does not allow it: then it takes its share like any other
  }
}
