/** The problems of one dataset, loaded page by page as they come into view. */
import type { Problem } from '../../contract/entities/dataset'
import { toWireError, type WireError } from '../../contract/errors'
import { app } from './app.svelte'

const pageSize = 200

export class Problems {
  total = $state(0)
  error: WireError | null = $state.raw(null)
  private pages: ReadonlyMap<number, readonly Problem[]> = $state.raw(new Map<number, readonly Problem[]>())
  private readonly asked = new Set<number>()

  constructor(private readonly datasetId: number) {}

  at(index: number): Problem | undefined {
    return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  async need(first: number, end: number): Promise<void> {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (this.asked.has(page)) continue
      this.asked.add(page)
      try {
        const input = { id: this.datasetId, offset: page * pageSize, limit: pageSize }
        const answer = await app.call('datasets.problems', input)
        this.total = answer.total
        this.pages = new Map(this.pages).set(page, answer.problems)
      } catch (error) {
        this.asked.delete(page)
        this.error = toWireError(error)
        return
      }
    }
  }
}
