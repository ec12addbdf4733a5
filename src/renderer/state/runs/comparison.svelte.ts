/** Two runs compared, by slice too, and the images of one group of it, page by page. */
import { toWireError, type WireError } from '../../../contract/errors'
import {
  comparisonGroups,
  type ComparedImage,
  type ComparedSlice,
  type Comparison,
  type ComparisonGroup,
  type GroupCounts,
} from '../../../contract/entities/comparison'
import { app } from '../app.svelte'

export interface ComparisonQuestion {
  readonly first: number
  readonly second: number
}

/** Which of the images: of a class, that a query finds, that were relabelled. */
export interface Narrowing {
  readonly className: string | null
  readonly query: string | null
  readonly relabelled: boolean
}

/** The most that one call may ask for. */
const pageSize = 5000

export class ComparisonView {
  comparison: Comparison | null = $state.raw(null)
  slices: readonly ComparedSlice[] = $state.raw([])
  /** Of each group, of the images that are asked for now. */
  counts: GroupCounts | null = $state.raw(null)
  group: ComparisonGroup = $state('fixed')
  images: readonly ComparedImage[] = $state.raw([])
  error: WireError | null = $state.raw(null)
  /** Why the images are not shown: a query that is not understood. */
  imagesError: WireError | null = $state.raw(null)
  #question = 0
  #page = 0

  async compare(question: ComparisonQuestion | null): Promise<void> {
    const mine = ++this.#question
    this.comparison = this.counts = null
    this.slices = []
    this.images = []
    this.error = null
    if (question === null) return
    try {
      const comparison = await app.call('runs.compare', question)
      if (mine !== this.#question) return
      this.comparison = comparison
      const slices = await app.call('runs.compareSlices', question)
      if (mine === this.#question) this.slices = slices
    } catch (thrown) {
      if (mine === this.#question) this.error = toWireError(thrown)
    }
  }

  /** Replaces the images; the old ones stay until the first page is there. `group` null: the first that has images. */
  async show(
    question: ComparisonQuestion | null,
    group: ComparisonGroup | null,
    { className, query, relabelled }: Narrowing,
  ): Promise<void> {
    const mine = ++this.#page
    this.imagesError = null
    if (question === null) return
    const asked = {
      ...question,
      ...(className !== null && { className }),
      ...(query !== null && { query }),
      ...(relabelled && { relabelled }),
      limit: pageSize,
    }
    let wanted = group ?? 'fixed'
    const found: ComparedImage[] = []
    try {
      for (let complete = false; !complete;) {
        const page = await app.call('runs.compared', { ...asked, group: wanted, offset: found.length })
        if (mine !== this.#page) return
        const filled = comparisonGroups.find((one) => page.counts[one] > 0)
        if (group === null && page.total === 0 && filled !== undefined) {
          wanted = filled
          continue
        }
        found.push(...page.images)
        this.counts = page.counts
        this.group = wanted
        this.images = [...found]
        complete = page.images.length === 0 || found.length >= page.total
      }
    } catch (thrown) {
      if (mine !== this.#page) return
      this.images = []
      this.counts = null
      this.imagesError = toWireError(thrown)
    }
  }
}
