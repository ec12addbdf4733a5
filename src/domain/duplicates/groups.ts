/** Groups of what belongs together by pairs: union-find. Pure. */

export interface Groups {
  join(one: number, other: number): void
  areJoined(one: number, other: number): boolean
  /** The first of all that it is joined with, itself at the latest. */
  first(one: number): number
  /** Of two and more, each ascending, in the order of their first members. */
  list(): number[][]
}

export function createGroups(count: number): Groups {
  const parent = Int32Array.from({ length: count }, (_, place) => place)
  const root = (place: number): number => {
    let at = place
    while (parent[at] !== at) {
      // halves the way for the next who asks
      const above = parent[parent[at] ?? at] ?? at
      parent[at] = above
      at = above
    }
    return at
  }
  return {
    join(one, other) {
      const [low, high] = [root(one), root(other)].sort((a, b) => a - b)
      if (low !== undefined && high !== undefined) parent[high] = low
    },
    first: root,
    areJoined: (one, other) => root(one) === root(other),
    list() {
      const members = new Map<number, number[]>()
      for (let place = 0; place < count; place++) {
        const first = root(place)
        const known = members.get(first)
        if (known === undefined) members.set(first, [place])
        else known.push(place)
      }
      return [...members.values()].filter(({ length }) => length > 1)
    },
  }
}
