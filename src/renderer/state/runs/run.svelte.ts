/** One run, fed by what the core pushes. Asked for once, and again from the last known step after a lost connection. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent } from '../../../contract/events'
import {
  activeRunStates,
  restartedLead,
  resumedLead,
  type Checkpoint,
  type Evaluation,
  type LogLine,
} from '../../../contract/entities/run'
import type { Prediction, Run } from '../../../contract/entities/run'
import { isBetter } from '../../../domain/checkpoint-kinds'
import { runModelOf } from '../../../domain/model/run-model'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { putEvaluation } from './put-evaluation'
import { toasts } from '../toasts.svelte'
import { RunSteps } from './run-steps.svelte'

/** Lines kept in memory; the store has them all. */
const logLimit = 2000
const worstCount = 4

interface Pushed {
  readonly evaluations: Evaluation[]
  readonly log: LogLine[]
}

export class RunView {
  readonly id: number
  readonly steps = new RunSteps()
  readonly logged = null
  run = $state.raw<Run | null>(null)
  evaluations = $state.raw<readonly Evaluation[]>([])
  log = $state.raw<readonly LogLine[]>([])
  checkpoints = $state.raw<readonly Checkpoint[]>([])
  /** The few mistakes with the greatest loss, once it is evaluated. */
  worst = $state.raw<readonly Prediction[]>([])
  classNames = $state.raw<readonly string[]>([])
  /** Why the run cannot be shown. */
  error = $state.raw<WireError | null>(null)
  /** Someone deleted it, here or in another window. */
  gone = $state(false)
  stopping = $state(false)
  resuming = $state(false)
  /** Why it does not go on. */
  resumeError = $state.raw<WireError | null>(null)
  /** What it started from, by name; null where that is not known (any more). */
  startName = $state<string | null>(null)
  active = $derived(this.run !== null && activeRunStates.includes(this.run.state))
  resumed = $derived(
    this.log.some(({ text }) => text.startsWith(resumedLead) || text.startsWith(restartedLead)),
  )
  /** Of the weights along the way, by accuracy on the validation part. */
  bestEvaluation = $derived(best(this.evaluations))
  /** Counts its beginnings: an answer of an earlier one is of steps that are done again. */
  #turn = 0
  /** What is pushed between a question and its answer, which may not have it. */
  #pushed: Pushed | null = null
  #checkpointsAsked = 0
  readonly #unsubscribe: (() => void)[] = []

  constructor(id: number) {
    this.id = id
  }

  /** Listens first and asks then, so that nothing falls between. Call `close` at the end. */
  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => this.#take(event)),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    this.steps.close()
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  async stop(keep: 'last' | 'best' = 'last'): Promise<void> {
    this.stopping = true
    const heard = await toasts.attempt(() => app.call('training.stop', { id: this.id, keep }))
    if (!heard || !this.active) this.stopping = false
  }

  async pause(): Promise<void> {
    this.stopping = true
    const heard = await toasts.attempt(() => app.call('training.pause', { id: this.id }))
    if (!heard) this.stopping = false
  }

  async resume(): Promise<void> {
    this.resuming = true
    this.resumeError = null
    try {
      await app.call('training.resume', { id: this.id })
    } catch (thrown) {
      const wire = toWireError(thrown)
      this.resumeError = wire.code === 'cancelled' ? null : wire
    }
    this.resuming = false
  }

  async rename(name: string): Promise<boolean> {
    return toasts.attempt(() => app.call('runs.rename', { id: this.id, name }))
  }

  async remove(): Promise<WireError | null> {
    try {
      await app.call('history.trash', { ids: [this.id], evenInUse: true })
      const undo = (): void => void toasts.attempt(() => app.call('history.restore', { ids: [this.id] }))
      toasts.say('The run was deleted.', { label: 'Undo', run: undo })
      return null
    } catch (thrown) {
      return toWireError(thrown)
    }
  }

  readonly #ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    const { id, run: before } = this
    const { nextStep: fromStep } = this.steps
    const turn = this.#turn
    const pushed: Pushed = { evaluations: [], log: [] }
    this.#pushed = pushed
    try {
      const [run, curves, evaluations, log] = await Promise.all([
        app.call('runs.get', { id }),
        app.call('runs.curves', { id, fromStep }),
        app.call('runs.evaluations', { id }),
        app.call('runs.log', { id, limit: logLimit }),
        this.#readCheckpoints(),
      ])
      if (turn !== this.#turn) return
      if (this.run === before) this.run = run
      if (!this.active) this.stopping = false
      // it went back while the line was lost
      if (run.stepsDone < fromStep) this.steps.cutAt(run.stepsDone)
      else this.steps.appendBlocks(curves.blocks)
      this.evaluations = pushed.evaluations.reduce(putEvaluation, evaluations)
      this.log = withLines(log, pushed.log)
      this.error = null
      if (run.wrongCount !== null) void this.#askWorst()
      if (run.weights !== null && this.startName === null) void this.#askStart(run.weights)
    } catch (thrown) {
      if (turn === this.#turn) this.error = toWireError(thrown)
    } finally {
      this.#pushed = null
    }
  }

  #take(event: CoreEvent): void {
    if (event.type === 'run' && event.run.id === this.id) {
      if (event.run.state === 'starting') this.#begins(event.run)
      const newCheckpoint = event.run.checkpointStep !== this.run?.checkpointStep
      const ended = this.active && !activeRunStates.includes(event.run.state)
      const newResults = event.run.resultStep !== this.run?.resultStep || ended
      this.run = event.run
      if (ended) this.stopping = false
      if (newCheckpoint || ended) void this.#askCheckpoints()
      if (event.run.wrongCount !== null && (newResults || this.worst.length === 0)) void this.#askWorst()
    } else if (event.type === 'run-deleted' && event.runId === this.id) this.gone = true
    else if (event.type === 'run-steps' && event.runId === this.id) this.#takeSteps(event.steps)
    else if (event.type === 'run-evaluation' && event.runId === this.id) {
      this.#pushed?.evaluations.push(event.evaluation)
      this.evaluations = putEvaluation(this.evaluations, event.evaluation)
    } else if (event.type === 'run-log' && event.runId === this.id) {
      this.#pushed?.log.push(event.line)
      this.log = [...this.log.slice(1 - logLimit), event.line]
    }
  }

  /** Before the first answer a pushed step would leave a hole before it: the answer brings it anyway. */
  #takeSteps(steps: Parameters<RunSteps['append']>[0]): void {
    const first = steps[0]
    if (this.run === null || first === undefined) return
    if (first.stepIndex > this.steps.nextStep) void this.#ask()
    else this.steps.append(steps)
  }

  /** Told when it is to go on, and again once it is back at its checkpoint. */
  #begins({ stepsDone }: Run): void {
    this.#turn++
    this.steps.cutAt(stepsDone)
    this.resumeError = null
    void this.#ask()
  }

  async #askStart(id: string): Promise<void> {
    try {
      const run = runModelOf(id)
      this.startName =
        run === null
          ? (await app.call('models.get', { id })).model.name
          : (await app.call('runs.get', { id: run.runId })).name
    } catch {
      this.startName = null // deleted or moved since: its id is shown instead
    }
  }

  readonly #askWorst = oneAtATime(() => this.#readWorst())

  async #readWorst(): Promise<void> {
    try {
      const [found, classNames] = await Promise.all([
        app.call('predictions.list', {
          runId: this.id,
          filter: { which: 'wrong' },
          order: 'loss',
          offset: 0,
          limit: worstCount,
        }),
        app.call('runs.classNames', { id: this.id }),
      ])
      this.classNames = classNames
      this.worst = found.predictions
    } catch (thrown) {
      toasts.error(thrown)
    }
  }

  async #askCheckpoints(): Promise<void> {
    try {
      await this.#readCheckpoints()
    } catch (thrown) {
      toasts.error(thrown)
    }
  }

  /** Only the newest answer counts. */
  async #readCheckpoints(): Promise<void> {
    const asked = ++this.#checkpointsAsked
    const checkpoints = await app.call('runs.checkpoints', { id: this.id })
    if (asked === this.#checkpointsAsked) this.checkpoints = checkpoints
  }
}

/** Those that are there already are left out. */
function withLines(log: readonly LogLine[], more: readonly LogLine[]): LogLine[] {
  const fresh = more.filter(({ atMs, text }) => !log.some((line) => line.atMs === atMs && line.text === text))
  return [...log, ...fresh].slice(-logLimit)
}

/** On the validation part, as that of checkpoints. */
function best(evaluations: readonly Evaluation[]): Evaluation | null {
  let found: Evaluation | null = null
  for (const evaluation of evaluations) {
    if (evaluation.part !== 'val') continue
    if (found === null || isBetter(onVal(evaluation), onVal(found))) found = evaluation
  }
  return found
}

function onVal({ accuracy, loss }: Evaluation): { valAccuracy: number; valLoss: number } {
  return { valAccuracy: accuracy.value, valLoss: loss }
}
