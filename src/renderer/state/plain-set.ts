/** A set that nothing on the screen reacts to. */
export function plainSet<Item>(items: Iterable<Item> = []): Set<Item> {
  return new Set(items)
}

/** A map likewise. */
export function plainMap<Key, Value>(): Map<Key, Value> {
  return new Map()
}
