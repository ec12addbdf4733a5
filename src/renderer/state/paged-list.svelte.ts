/** A list that the core has, loaded page by page as it comes into view. */
import { toWireError, type WireError } from '../../contract/errors'

const pageSize = 200

export class PagedList<Item> {
  total = $state(0)
  /** The first page is there: a `total` of 0 says that there is nothing. */
  isRead = $state(false)
  error: WireError | null = $state.raw(null)
  private pages: Readonly<Record<number, readonly Item[]>> = $state.raw({})
  /** Pages that were asked for, answered or not. */
  private asked: readonly number[] = []
  /** That was needed last. */
  private range: readonly [first: number, end: number] = [0, 1]
  /** Counts up whenever the list is read again: an answer from before is old. */
  private reading = 0
  /** The pages are from before. */
  private isOld = false

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

  /** Reads what is in view again; until it is there, the old stays. */
  async again(): Promise<void> {
    this.reading++
    this.asked = []
    this.isOld = true
    await this.need(...this.range)
  }

  async need(first: number, end: number): Promise<void> {
    this.range = [first, end]
    const { reading } = this
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      if (this.asked.includes(page)) continue
      this.asked = [...this.asked, page]
      try {
        const { total, items } = await this.read({ offset: page * pageSize, limit: pageSize })
        if (reading !== this.reading) return
        this.total = total
        this.isRead = true
        this.error = null
        this.pages = { ...(this.isOld ? {} : this.pages), [page]: items }
        this.isOld = false
      } catch (error) {
        if (reading !== this.reading) return
        this.asked = this.asked.filter((other) => other !== page)
        this.error = toWireError(error)
        return
      }
    }
  }
}
