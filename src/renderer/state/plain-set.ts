/** A set that nothing on the screen reacts to. */
export function plainSet<Item>(items: Iterable<Item> = []): Set<Item> {
  return new Set(items)
}
