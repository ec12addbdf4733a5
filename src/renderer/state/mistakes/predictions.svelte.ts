/** The answers of one run on its held-out images: those that a query finds, and the whole confusion. */
import { unpackFloat32, unpackUint32 } from '../../../contract/packed'
import { toWireError, type WireError } from '../../../contract/errors'
import { unpackConfusion, type Confusion } from '../../../contract/entities/confusion'
import type { Prediction, PredictionsFound, Run } from '../../../contract/entities/run'
import { app } from '../app.svelte'
import { followsLabels } from '../datasets/follows-labels'
import { oneAtATime } from '../one-at-a-time'
import { PagedList } from '../paged-list.svelte'

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
  /** Comes after the run. */
  confusion = $state.raw<Confusion | null>(null)
  found = $state.raw<FoundPredictions>(nothing)
  /** Of the queries that were counted last. */
  counts = $state.raw<Readonly<Record<string, number | undefined>>>({})
  loading = $state(true)
  /** Why the run cannot be shown. */
  runError = $state.raw<WireError | null>(null)
  /** The place of the image in hand. */
  selected = $state(0)
  /** Why its images cannot be listed. */
  error = $state.raw<WireError | null>(null)
  readonly #unsubscribe: (() => void)[] = []
  /** Those of the query, page by page as they come into view. */
  #rows = $state.raw<PagedList<Prediction>>(this.#pages(''))
  /** Only the newest question may answer. */
  #question = 0
  #asked: string | null = null
  #counted: readonly string[] = []
  /** The query of the list on the screen. */
  #shown: string | null = null
  /** The image that is to be in hand once the list has it. */
  #awaited: number | null = null
  /** The places that were in view last. */
  #range: readonly [first: number, end: number] = [0, 1]

  constructor(runId: number, setId: number | null = null) {
    this.runId = runId
    this.setId = setId
  }

  /** The one at a place of the query's order; undefined until it is loaded. */
  at(index: number): Prediction | undefined {
    return this.#rows.at(index)
  }

  async need(first: number, end: number): Promise<void> {
    this.#range = [first, end]
    await this.#load(first, end)
  }

  /** Takes the image at a place in hand. */
  async select(place: number): Promise<void> {
    this.#awaited = null
    this.selected = Math.max(0, Math.min(this.found.ids.length - 1, place))
    await this.#load(this.selected, this.selected + 1)
  }

  /** Takes an image in hand: now, or once the same list has it again. */
  async selectImage(imageId: number): Promise<void> {
    const place = this.found.ids.indexOf(imageId)
    if (place >= 0) await this.select(place)
    else this.#awaited = imageId
  }

  async #load(first: number, end: number): Promise<void> {
    const rows = this.#rows
    await rows.need(first, end)
    if (rows === this.#rows && rows.error !== null) this.error = rows.error
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        // A set may be of another dataset than its run.
        if (
          event.type === 'labels-changed' &&
          (this.setId !== null || event.summary.datasetId === this.run?.datasetId)
        ) {
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

  /**
   * Asks for another list, or for the same again. The old one stays on the screen until the new one is there, with the images in view: nobody may
   * lose what is in hand in between. Where it is the same list again, the same image stays in hand.
   */
  async show(query: string): Promise<void> {
    const question = ++this.#question
    this.#asked = query
    this.loading = true
    try {
      const isAgain = query === this.#shown
      const rows = this.#pages(query)
      const [{ ids: packedIds, aspects, ...counts }] = await Promise.all([
        app.call('predictions.find', { ...this.#of(), query }),
        rows.need(...(isAgain ? this.#range : ([0, 1] as const))),
      ])
      const ids = unpackUint32(packedIds)
      const placeNow = (): number => (isAgain ? this.#placeIn(ids) : 0)
      await rows.need(placeNow(), placeNow() + 1)
      if (question !== this.#question) return
      this.selected = placeNow()
      if (!isAgain || ids[this.selected] === this.#awaited) this.#awaited = null
      this.#rows = rows
      this.#shown = query
      this.found = { query, ids, aspects: unpackFloat32(aspects), ...counts }
      this.error = rows.error
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

  /** Of the image that is awaited, else of the one in hand; where it has left the list, the place where it was. */
  #placeIn(ids: Uint32Array): number {
    const awaited = this.#awaited === null ? -1 : ids.indexOf(this.#awaited)
    if (awaited >= 0) return awaited
    const imageId = this.found.ids[this.selected]
    const place = imageId === undefined ? -1 : ids.indexOf(imageId)
    return place >= 0 ? place : Math.max(0, Math.min(ids.length - 1, this.selected))
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

  readonly #askRun = oneAtATime(() => this.#readRun())

  async #readRun(): Promise<void> {
    const before = this.run
    try {
      const run = await app.call('runs.get', { id: this.runId })
      // what was told meanwhile is newer
      if (this.run === before) this.run = run
      // Only now, so that the list which was asked for meanwhile comes first: of a thousand classes this is some MB.
      this.confusion = unpackConfusion(await app.call('predictions.confusion', this.#of()))
      this.runError = null
    } catch (thrown) {
      this.runError = toWireError(thrown)
      this.loading = false
    }
  }
}
