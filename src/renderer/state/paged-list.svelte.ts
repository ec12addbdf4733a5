/** A list that the core has, loaded page by page as it comes into view. */
import { toWireError, type WireError } from '../../contract/errors'

const pageSize = 200

export class PagedList<Item> {
  total = $state(0)
  error: WireError | null = $state.raw(null)
  private pages: Readonly<Record<number, readonly Item[]>> = $state.raw({})
  /** Pages that were asked for, answered or not. */
  private asked: readonly number[] = []

  /** `read` throws what the core says. */
  constructor(
    private readonly read: (range: {
      readonly offset: number
      readonly limit: number
    }) => Promise<{ readonly total: number; readonly items: readonly Item[] }>,
  ) {}

  at(index: number): Item | undefined {
    return this.pages[Math.floor(index / pageSize)]?.[index % pageSize]
  }

  async need(first: number, end: number): Promise<void> {
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (this.asked.includes(page)) continue
      this.asked = [...this.asked, page]
      try {
        const { total, items } = await this.read({ offset: page * pageSize, limit: pageSize })
        this.total = total
        this.pages = { ...this.pages, [page]: items }
      } catch (error) {
        this.asked = this.asked.filter((other) => other !== page)
        this.error = toWireError(error)
        return
      }
    }
  }
}
