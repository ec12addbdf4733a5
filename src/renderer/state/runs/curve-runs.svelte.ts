/** The curves of some runs, kept current by what the core pushes. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent } from '../../../contract/events'
import type { Evaluation, Run } from '../../../contract/entities/run'
import { app } from '../app.svelte'
import { putEvaluation } from './put-evaluation'
import { RunSteps } from './run-steps.svelte'

/** What curves are drawn of. RunView is one. */
export interface CurveSource {
  readonly id: number
  readonly run: Run | null
  readonly steps: RunSteps
  readonly evaluations: readonly Evaluation[]
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
    this.#loaded.find((run) => run.id === id)?.take(event)
  }
}

class LoadedRun implements CurveSource {
  readonly id: number
  readonly steps = new RunSteps()
  run = $state.raw<Run | null>(null)
  evaluations = $state.raw<readonly Evaluation[]>([])
  error = $state.raw<WireError | null>(null)
  /** Counts its beginnings: an answer of an earlier one is of steps that are done again. */
  #turn = 0

  constructor(id: number) {
    this.id = id
  }

  async ask(): Promise<void> {
    const { id } = this
    const turn = this.#turn
    try {
      const [run, curves, evaluations] = await Promise.all([
        app.call('runs.get', { id }),
        app.call('runs.curves', { id, fromStep: this.steps.nextStep }),
        app.call('runs.evaluations', { id }),
      ])
      if (turn !== this.#turn) return
      this.run = run
      this.steps.appendBlocks(curves.blocks)
      this.evaluations = evaluations
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
  }

  take(event: CoreEvent): void {
    if (event.type === 'run') {
      const beginsAgain = event.run.state === 'starting' && this.run?.state !== 'starting'
      this.run = event.run
      // what came after its checkpoint is done again
      if (!beginsAgain) return
      this.#turn++
      this.steps.clear()
      void this.ask()
    } else if (event.type === 'run-steps') {
      // before the first answer a pushed step would leave a hole before it: the answer brings it anyway
      if (this.run === null) return
      if ((event.steps[0]?.stepIndex ?? 0) > this.steps.nextStep) void this.ask()
      else this.steps.append(event.steps)
    } else if (event.type === 'run-evaluation') {
      this.evaluations = putEvaluation(this.evaluations, event.evaluation)
    } else if (event.type === 'run-deleted') {
      this.error = { code: 'not-found', message: `Run ${this.id} was deleted.`, wayOut: '' }
    }
  }
}
