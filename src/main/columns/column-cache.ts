/** What was made of the database stays while there is room; what was not asked for the longest goes first. */
export interface ColumnCache {
  /** `make` is called where nothing is kept under the key, once for all who ask meanwhile. */
  get<Kept extends { readonly byteCount: number }>(key: string, make: () => Promise<Kept>): Promise<Kept>
  readonly byteCount: number
}

interface Entry {
  readonly value: Promise<unknown>
  /** null while it is made. */
  byteCount: number | null
}

/** Answers of a few images take little, and are many. */
const mostEntries = 1000

export function createColumnCache(limitBytes: number): ColumnCache {
  // A map keeps the order of its entries: the first is the one that was not used for the longest.
  const entries = new Map<string, Entry>()
  let byteCount = 0
  const drop = (key: string): void => {
    byteCount -= entries.get(key)?.byteCount ?? 0
    entries.delete(key)
  }
  const makeRoom = (kept: string): void => {
    for (const [key, entry] of entries) {
      if (byteCount <= limitBytes && entries.size <= mostEntries) return
      if (key !== kept && entry.byteCount !== null) drop(key)
    }
  }
  return {
    get byteCount() {
      return byteCount
    },
    async get<Kept extends { readonly byteCount: number }>(
      key: string,
      make: () => Promise<Kept>,
    ): Promise<Kept> {
      const known = entries.get(key)
      if (known !== undefined) {
        entries.delete(key)
        entries.set(key, known)
        return known.value as Promise<Kept>
      }
      const made = make()
      const entry: Entry = { value: made, byteCount: null }
      entries.set(key, entry)
      try {
        const kept = await made
        if (entries.get(key) === entry) {
          entry.byteCount = kept.byteCount
          byteCount += kept.byteCount
          makeRoom(key)
        }
        return kept
      } catch (thrown) {
        if (entries.get(key) === entry) entries.delete(key)
        throw thrown
      }
    },
  }
}
