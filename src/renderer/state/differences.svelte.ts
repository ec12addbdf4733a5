/** What the last check of a dataset found of one kind, loaded page by page as it comes into view. */
import type { DifferenceKind, ImageDifference } from '../../contract/entities/dataset'
import { toWireError, type WireError } from '../../contract/errors'
import { app } from './app.svelte'

const pageSize = 200

export class Differences {
  total = $state(0)
  error: WireError | null = $state.raw(null)
  private pages: Readonly<Record<number, readonly ImageDifference[]>> = $state.raw({})
  /** Pages that were asked for, answered or not. */
  private asked: readonly number[] = []

  constructor(
    private readonly datasetId: number,
    private readonly kind: DifferenceKind,
  ) {}

  at(index: number): ImageDifference | undefined {
    return this.pages[Math.floor(index / pageSize)]?.[index % pageSize]
  }

  async need(first: number, end: number): Promise<void> {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (this.asked.includes(page)) continue
      this.asked = [...this.asked, page]
      try {
        const input = { id: this.datasetId, kind: this.kind, offset: page * pageSize, limit: pageSize }
        const answer = await app.call('datasets.differences', input)
        this.total = answer.total
        this.pages = { ...this.pages, [page]: answer.differences }
      } catch (error) {
        this.asked = this.asked.filter((other) => other !== page)
        this.error = toWireError(error)
        return
      }
    }
  }
}
