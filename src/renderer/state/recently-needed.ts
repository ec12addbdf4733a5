/** Numbers that were needed last, so many of them. */
export class RecentlyNeeded {
  /** In the order in which they were needed last. */
  readonly #ids = new Set<number>()

  constructor(private readonly most: number) {}

  get all(): number[] {
    return [...this.#ids]
  }

  /** Answers with those that were not among them. */
  need(ids: readonly number[]): number[] {
    const added = ids.filter((id) => !this.#ids.has(id))
    for (const id of ids) {
      this.#ids.delete(id)
      this.#ids.add(id)
    }
    for (const id of this.#ids) {
      if (this.#ids.size <= this.most) break
      this.#ids.delete(id)
    }
    return added
  }
}
