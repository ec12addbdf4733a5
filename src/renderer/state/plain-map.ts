/** A map that nothing on the screen reacts to: who changes it puts another in its place. */
export function plainMap<Key, Value>(entries: Iterable<readonly [Key, Value]> = []): Map<Key, Value> {
  return new Map(entries)
}
