/** Two runs compared, and the images of one group of it, page by page. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { ComparedImage, Comparison, ComparisonGroup } from '../../../contract/entities/comparison'
import { app } from '../app.svelte'

export interface ComparisonQuestion {
  readonly first: number
  readonly second: number
}

/** The most that one call may ask for. */
const pageSize = 5000

export class ComparisonView {
  comparison: Comparison | null = $state.raw(null)
  images: readonly ComparedImage[] = $state.raw([])
  error: WireError | null = $state.raw(null)
  loading = $state(true)
  #question = 0
  #page = 0

  async compare(question: ComparisonQuestion | null): Promise<void> {
    const mine = ++this.#question
    this.comparison = null
    this.images = []
    this.error = null
    this.loading = question !== null
    if (question === null) return
    try {
      const comparison = await app.call('runs.compare', question)
      if (mine === this.#question) this.comparison = comparison
    } catch (thrown) {
      if (mine === this.#question) this.error = toWireError(thrown)
    }
    if (mine === this.#question) this.loading = false
  }

  /** Replaces the images; the old ones stay until the first page is there. */
  async show(
    question: ComparisonQuestion | null,
    group: ComparisonGroup,
    className: string | null,
  ): Promise<void> {
    const mine = ++this.#page
    if (question === null) return
    const found: ComparedImage[] = []
    try {
      for (let complete = false; !complete;) {
        const { total, images } = await app.call('runs.compared', {
          ...question,
          group,
          ...(className !== null && { className }),
          offset: found.length,
          limit: pageSize,
        })
        if (mine !== this.#page) return
        found.push(...images)
        this.images = [...found]
        complete = images.length === 0 || found.length >= total
      }
    } catch (thrown) {
      if (mine === this.#page) this.error = toWireError(thrown)
    }
  }
}
