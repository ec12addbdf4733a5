/** Ratings: the list of them, and one with what comes out of it. Both follow what is answered here and elsewhere. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { Outcome, Rating } from '../../../contract/entities/rating'
import { go } from '../../router.svelte'
import { hrefTo } from '../../routes'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'

/** Of a run, or all; the newest first. */
export class RatingList {
  ratings: readonly Rating[] = $state.raw([])
  loaded = $state(false)
  error: WireError | null = $state.raw(null)
  readonly #runId: number | null
  readonly #unsubscribe: (() => void)[] = []

  constructor(runId: number | null) {
    this.#runId = runId
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type === 'ratings-changed') void this.#ask()
      }),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  readonly #ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    try {
      this.ratings = await app.call('ratings.list', { runId: this.#runId })
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
    this.loaded = true
  }
}

export class RatingView {
  readonly id: number
  rating: Rating | null = $state.raw(null)
  outcome: Outcome | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  /** Counts up when there is something new. */
  revision = $state(0)
  readonly #unsubscribe: (() => void)[] = []
  #isClosed = false

  constructor(id: number) {
    this.id = id
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        const isOwn = event.type === 'ratings-changed' && event.ratingId === this.id
        if (isOwn || event.type === 'labels-changed') void this.#ask()
      }),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  /** What stood in the way; null: it is gone. */
  async remove(): Promise<WireError | null> {
    // What comes meanwhile is no news of this rating.
    this.#isClosed = true
    try {
      await app.call('ratings.delete', { id: this.id })
      go(hrefTo('ratings'))
      return null
    } catch (thrown) {
      this.#isClosed = false
      return toWireError(thrown)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  readonly #ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    if (this.#isClosed) return
    try {
      const rating = await app.call('ratings.get', { id: this.id })
      const outcome = await app.call('ratings.outcome', { id: this.id })
      if (this.#isClosed) return
      this.rating = rating
      this.outcome = outcome
      this.error = null
      this.revision++
    } catch (thrown) {
      if (!this.#isClosed) this.error = toWireError(thrown)
    }
  }
}
