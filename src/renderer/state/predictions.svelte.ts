/** The answers of one run on its held-out images: those that a query finds, and the whole confusion. */
import { unpackFloat32, unpackUint32 } from '../../contract/packed'
import { toWireError, type WireError } from '../../contract/errors'
import type { Confusion, Prediction, PredictionsFound, Run } from '../../contract/entities/run'
import { app } from './app.svelte'
import { followsLabels } from './follows-labels'
import { PagedList } from './paged-list.svelte'

/** What a query found, as columns. */
export interface FoundPredictions extends Omit<PredictionsFound, 'ids' | 'aspects'> {
  /** Which was asked for. */
  readonly query: string
  /** Of the images. */
  readonly ids: Uint32Array
  readonly aspects: Float32Array
}

const nothing: FoundPredictions = {
  query: '',
  stamp: '',
  ids: new Uint32Array(),
  aspects: new Float32Array(),
  confidence: { from: 0, counts: [] },
  labelCounts: [],
  predictedCounts: [],
}

export class Predictions {
  readonly runId: number
  /** null: the run's results. */
  readonly setId: number | null
  run = $state.raw<Run | null>(null)
  confusion = $state.raw<Confusion | null>(null)
  found = $state.raw<FoundPredictions>(nothing)
  /** Of the queries that were counted last. */
  counts = $state.raw<Readonly<Record<string, number | undefined>>>({})
  loading = $state(true)
  /** Why the run cannot be shown. */
  runError = $state.raw<WireError | null>(null)
  /** Why its images cannot be listed. */
  error = $state.raw<WireError | null>(null)
  readonly #unsubscribe: (() => void)[] = []
  /** Those of the query, page by page as they come into view. */
  #rows = $state.raw<PagedList<Prediction>>(this.#pages(''))
  /** Only the newest question may answer. */
  #question = 0
  #asked: string | null = null
  #counted: readonly string[] = []

  constructor(runId: number, setId: number | null = null) {
    this.runId = runId
    this.setId = setId
  }

  /** The one at a place of the query's order; undefined until it is loaded. */
  at(index: number): Prediction | undefined {
    return this.#rows.at(index)
  }

  async need(first: number, end: number): Promise<void> {
    const rows = this.#rows
    await rows.need(first, end)
    if (rows === this.#rows && rows.error !== null) this.error = rows.error
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type === 'labels-changed' && event.summary.datasetId === this.run?.datasetId) {
          if (this.#asked !== null && followsLabels(this.#asked)) void this.show(this.#asked)
        }
        if (event.type === 'ratings-changed' && this.#asked !== null && /\bverdict:/i.test(this.#asked))
          void this.show(this.#asked)
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

  /** Asks for another list; the old one stays on the screen until the new one is there. */
  async show(query: string): Promise<void> {
    const question = ++this.#question
    this.#asked = query
    this.loading = true
    try {
      const { ids, aspects, ...counts } = await app.call('predictions.find', { ...this.#of(), query })
      if (question !== this.#question) return
      this.#rows = this.#pages(query)
      this.found = { query, ids: unpackUint32(ids), aspects: unpackFloat32(aspects), ...counts }
      this.error = null
    } catch (thrown) {
      if (question === this.#question) this.error = toWireError(thrown)
    }
    if (question === this.#question) this.loading = false
  }

  /** How many each of these would find; those that are not understood are left out. */
  async count(queries: readonly string[]): Promise<void> {
    const question = (this.#counted = queries)
    try {
      const counts = await app.call('predictions.counts', { ...this.#of(), queries: [...queries] })
      if (question !== this.#counted) return
      this.counts = Object.fromEntries(queries.map((query, at) => [query, counts[at] ?? undefined]))
    } catch (thrown) {
      if (question === this.#counted) this.error = toWireError(thrown)
    }
  }

  #of(): { runId: number; setId?: number } {
    return { runId: this.runId, ...(this.setId !== null && { setId: this.setId }) }
  }

  #pages(query: string): PagedList<Prediction> {
    return new PagedList(async (range) => {
      const { total, predictions } = await app.call('predictions.query', {
        ...this.#of(),
        query,
        ...range,
      })
      return { total, items: predictions }
    })
  }

  async #refresh(): Promise<void> {
    await this.#askRun()
    if (this.#asked !== null) await this.show(this.#asked)
  }

  async #askRun(): Promise<void> {
    try {
      const [run, confusion] = await Promise.all([
        app.call('runs.get', { id: this.runId }),
        app.call('predictions.confusion', this.#of()),
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
