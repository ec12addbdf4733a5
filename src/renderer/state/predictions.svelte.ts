/** The answers of one run on its held-out images: those that a filter lets through, and the whole confusion. */
import { toWireError, type WireError } from '../../contract/errors'
import type {
  Confusion,
  Prediction,
  PredictionFilter,
  PredictionOrder,
  Run,
} from '../../contract/entities/run'
import { app } from './app.svelte'

/** The most that one call may ask for. */
const pageSize = 5000

export class Predictions {
  readonly runId: number
  run = $state.raw<Run | null>(null)
  confusion = $state.raw<Confusion | null>(null)
  list = $state.raw<readonly Prediction[]>([])
  /** How many the filter lets through; `list` grows to it page by page. */
  total = $state(0)
  loading = $state(true)
  /** Why the run cannot be shown. */
  runError = $state.raw<WireError | null>(null)
  /** Why its images cannot be listed. */
  error = $state.raw<WireError | null>(null)
  readonly #unsubscribe: (() => void)[] = []
  /** Only the newest question may answer. */
  #question = 0
  #asked: { filter: PredictionFilter; order: PredictionOrder } | null = null

  constructor(runId: number) {
    this.runId = runId
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type !== 'run' || event.run.id !== this.runId) return
        // A run that was resumed may end at the step of its earlier results, too.
        const ended = this.run?.endedAtMs === null && event.run.endedAtMs !== null
        const evaluated = ended || this.run?.resultStep !== event.run.resultStep
        this.run = event.run
        if (evaluated && event.run.wrongCount !== null) void this.#refresh()
      }),
      app.onAgain(() => void this.#refresh()),
    )
    await this.#askRun()
  }

  close(): void {
    this.#question++
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** Replaces the list; the old one stays on the screen until the first page is there. */
  async show(filter: PredictionFilter, order: PredictionOrder): Promise<void> {
    const question = ++this.#question
    this.#asked = { filter, order }
    this.loading = true
    const found: Prediction[] = []
    try {
      for (let complete = false; !complete;) {
        const page = await app.call('predictions.list', {
          runId: this.runId,
          filter,
          order,
          offset: found.length,
          limit: pageSize,
        })
        if (question !== this.#question) return
        found.push(...page.predictions)
        this.list = [...found]
        this.total = page.total
        complete = page.predictions.length === 0 || found.length >= page.total
      }
      this.error = null
    } catch (thrown) {
      if (question === this.#question) this.error = toWireError(thrown)
    }
    if (question === this.#question) this.loading = false
  }

  async #refresh(): Promise<void> {
    await this.#askRun()
    if (this.#asked !== null) await this.show(this.#asked.filter, this.#asked.order)
  }

  async #askRun(): Promise<void> {
    try {
      const [run, confusion] = await Promise.all([
        app.call('runs.get', { id: this.runId }),
        app.call('predictions.confusion', { runId: this.runId }),
      ])
      this.run = run
      this.confusion = confusion
      this.runError = null
    } catch (thrown) {
      this.runError = toWireError(thrown)
      this.loading = false
    }
  }
}
