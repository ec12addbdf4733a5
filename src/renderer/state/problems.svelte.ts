/** The problems of one dataset, loaded page by page as they come into view. */
import type { Problem } from '../../contract/entities/dataset'
import { toWireError, type WireError } from '../../contract/errors'
import { app } from './app.svelte'

const pageSize = 200

export class Problems {
  total = $state(0)
  error: WireError | null = $state.raw(null)
  private pages: Readonly<Record<number, readonly Problem[]>> = $state.raw({})
  /** Pages that were asked for, answered or not. */
  private asked: readonly number[] = []

  constructor(private readonly datasetId: number) {}

  at(index: number): Problem | undefined {
    return this.pages[Math.floor(index / pageSize)]?.[index % pageSize]
  }

  async need(first: number, end: number): Promise<void> {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (this.asked.includes(page)) continue
      this.asked = [...this.asked, page]
      try {
        const input = { id: this.datasetId, offset: page * pageSize, limit: pageSize }
        const answer = await app.call('datasets.problems', input)
        this.total = answer.total
        this.pages = { ...this.pages, [page]: answer.problems }
      } catch (error) {
        this.asked = this.asked.filter((other) => other !== page)
        this.error = toWireError(error)
        return
      }
    }
  }
}
