/** A rater before one image after another. The next one shows once the answer is on disk. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { Rating, RatingSlot, SlotChoice } from '../../../contract/entities/rating'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

export class Sitting {
  readonly ratingId: number
  readonly rater: string
  rating: Rating | null = $state.raw(null)
  slot: RatingSlot | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  /** What was said last, for who cannot see it. */
  said = $state('')
  /** All are answered. */
  finished = $state(false)
  /** One thing at a time: a key pressed meanwhile is meant for the image that is not there yet. */
  #busy = false

  constructor(ratingId: number, rater: string) {
    this.ratingId = ratingId
    this.rater = rater
  }

  /** At the first image that is not answered. */
  async open(): Promise<void> {
    try {
      this.rating = await app.call('ratings.get', { id: this.ratingId })
    } catch (thrown) {
      this.error = toWireError(thrown)
      return
    }
    await this.#show(0)
    const open = this.slot?.nextOpen ?? null
    if (this.slot?.given !== null && open !== null) await this.#show(open)
    this.finished = this.slot !== null && this.slot.done === this.slot.total
  }

  async answer(
    choice: SlotChoice,
    words: { readonly freeLabel?: string; readonly note?: string } = {},
  ): Promise<void> {
    const { slot } = this
    if (slot === null || this.#busy) return
    const kept = await this.#keep(slot, choice, words)
    if (kept === null) return
    this.said = 'Saved.'
    this.finished = kept.nextOpen === null
    if (kept.nextOpen === null) this.slot = kept
    else
      await this.#show(slot.given === null ? kept.nextOpen : slot.at + 1 < slot.total ? slot.at + 1 : slot.at)
  }

  /** What was written to an answer that was given. */
  async note(note: string): Promise<void> {
    const { slot } = this
    if (!slot?.given) return
    const { choice, freeLabel } = slot.given
    const kept = await this.#keep(slot, choice, { freeLabel, note })
    if (kept !== null) this.slot = kept
  }

  /** Takes the answer back; where this image has none, goes to the one before and takes back that. */
  async takeBack(): Promise<void> {
    const { slot } = this
    if (slot === null || this.#busy) return
    if (slot.given === null) {
      if (slot.at === 0) return
      await this.#show(slot.at - 1)
      if (!this.slot?.given) return
    }
    const now = this.slot
    const kept = now === null ? null : await this.#keep(now, null, {})
    if (kept === null) return
    this.slot = kept
    this.finished = false
    this.said = 'Taken back.'
  }

  async move(step: -1 | 1): Promise<void> {
    const { slot } = this
    if (slot === null || this.#busy) return
    const at = Math.max(0, Math.min(slot.total - 1, slot.at + step))
    this.finished = false
    if (at !== slot.at) await this.#show(at)
  }

  async nextOpen(): Promise<void> {
    const at = this.slot?.nextOpen ?? null
    if (at !== null && !this.#busy) await this.#show(at)
  }

  async #keep(
    slot: RatingSlot,
    choice: SlotChoice | null,
    {
      freeLabel = '',
      note = slot.given?.note ?? '',
    }: { readonly freeLabel?: string; readonly note?: string },
  ): Promise<RatingSlot | null> {
    this.#busy = true
    let kept: RatingSlot | null = null
    await toasts.attempt(async () => {
      kept = await app.call('ratings.answer', { ...this.#place(slot.at), choice, freeLabel, note })
    })
    this.#busy = false
    return kept
  }

  async #show(at: number): Promise<void> {
    this.#busy = true
    try {
      this.slot = await app.call('ratings.slot', this.#place(at))
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
    this.#busy = false
  }

  #place(at: number): { id: number; rater: string; at: number } {
    return { id: this.ratingId, rater: this.rater, at }
  }
}
