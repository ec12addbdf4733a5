/** The curves of some runs, kept current by what the core pushes. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent } from '../../../contract/events'
import type { OtherRun } from '../../../contract/entities/other-run'
import type { Evaluation } from '../../../contract/entities/run'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { plainMap } from '../plain-map'
import { loggedCurves, loggedFacts, type CurveFacts, type LoggedCurves } from './logged-curves'
import { putEvaluation } from './put-evaluation'
import { RunSteps } from './run-steps.svelte'

/** What curves are drawn of. RunView is one, and so is LoadedRun. */
export interface CurveSource {
  readonly id: number
  readonly run: CurveFacts | null
  readonly steps: RunSteps
  readonly evaluations: readonly Evaluation[]
  /** Of a run of another program, in place of steps and evaluations. */
  readonly logged: LoggedCurves | null
  /** Why it cannot be shown. */
  readonly error: WireError | null
}

export class CurveRuns {
  /** In the order that was asked for. */
  sources = $state.raw<readonly CurveSource[]>([])
  #loaded: readonly LoadedRun[] = []
  readonly #unsubscribe: (() => void)[] = []

  open(): void {
    this.#unsubscribe.push(
      app.onEvent((event) => this.#take(event)),
      app.onAgain(() => this.#loaded.forEach((run) => void run.ask())),
    )
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
    for (const run of this.#loaded) run.steps.close()
  }

  /** One alone. */
  load(id: number): LoadedRun {
    const run = new LoadedRun(id)
    this.#loaded = [run]
    void run.ask()
    return run
  }

  /** `own`: what someone else loads already. */
  show(ids: readonly number[], own: CurveSource | null = null): void {
    const before = this.#loaded
    const wanted = ids.filter((id, place) => ids.indexOf(id) === place)
    this.#loaded = wanted
      .filter((id) => id !== own?.id)
      .map((id) => before.find((run) => run.id === id) ?? new LoadedRun(id))
    for (const run of this.#loaded) if (!before.includes(run)) void run.ask()
    for (const run of before) if (!this.#loaded.includes(run)) run.steps.close()
    this.sources = wanted.flatMap(
      (id) => (id === own?.id ? own : this.#loaded.find((run) => run.id === id)) ?? [],
    )
  }

  #take(event: CoreEvent): void {
    const id = event.type === 'run' ? event.run.id : 'runId' in event ? event.runId : null
    if (event.type === 'runs-changed') for (const run of this.#loaded) run.take(event)
    else this.#loaded.find((run) => run.id === id)?.take(event)
  }
}

export class LoadedRun implements CurveSource {
  readonly id: number
  readonly steps = new RunSteps()
  run = $state.raw<CurveFacts | null>(null)
  logged = $state.raw<LoggedCurves | null>(null)
  /** Where it is of another program. */
  other = $state.raw<OtherRun | null>(null)
  evaluations = $state.raw<readonly Evaluation[]>([])
  error = $state.raw<WireError | null>(null)
  /** Counts its beginnings: an answer of an earlier one is of steps that are done again. */
  #turn = 0
  /** What is pushed between a question and its answer, which may not have it. */
  #pushed: Evaluation[] | null = null

  constructor(id: number) {
    this.id = id
  }

  readonly ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    const { id, run: before } = this
    const { nextStep: fromStep } = this.steps
    const turn = this.#turn
    const pushed: Evaluation[] = []
    this.#pushed = pushed
    try {
      const [run, curves, evaluations] = await Promise.all([
        app.call('runs.get', { id }),
        app.call('runs.curves', { id, fromStep }),
        app.call('runs.evaluations', { id }),
      ])
      if (turn !== this.#turn) return
      if (this.run === before) this.run = run
      // it went back while the line was lost
      if (run.stepsDone < fromStep) this.steps.cutAt(run.stepsDone)
      else this.steps.appendBlocks(curves.blocks)
      this.evaluations = pushed.reduce(putEvaluation, evaluations)
      this.error = null
    } catch (thrown) {
      if (turn !== this.#turn) return
      const error = toWireError(thrown)
      if (error.code === 'unsupported') await this.#askOther()
      else this.error = error
    } finally {
      this.#pushed = null
    }
  }

  readonly #askOther = oneAtATime(() => this.#readOther())

  async #readOther(): Promise<void> {
    try {
      const other = await app.call('exchange.other', { id: this.id })
      if (other.importedAtMs !== this.other?.importedAtMs) this.logged = await loggedCurves(other)
      this.other = other
      this.run = loggedFacts(other, this.logged ?? plainMap())
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
  }

  take(event: CoreEvent): void {
    if (event.type === 'run') {
      this.run = event.run
      // told when it is to go on, and again once it is back at its checkpoint
      if (event.run.state !== 'starting') return
      this.#turn++
      this.steps.cutAt(event.run.stepsDone)
      void this.ask()
    } else if (event.type === 'run-steps') {
      // before the first answer a pushed step would leave a hole before it: the answer brings it anyway
      if (this.run === null) return
      if ((event.steps[0]?.stepIndex ?? 0) > this.steps.nextStep) void this.ask()
      else this.steps.append(event.steps)
    } else if (event.type === 'run-evaluation') {
      this.#pushed?.push(event.evaluation)
      this.evaluations = putEvaluation(this.evaluations, event.evaluation)
    } else if (event.type === 'runs-changed') {
      if (this.other !== null) void this.#askOther()
    } else if (event.type === 'run-deleted') {
      this.error = { code: 'not-found', message: `Run ${this.id} was deleted.`, wayOut: '' }
    }
  }
}
