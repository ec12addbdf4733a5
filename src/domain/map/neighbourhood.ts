/** What a map shows, in figures: for each class, whose images lie next to its own. Pure. */

export interface ClassNeighbourhood {
  readonly classIndex: number
  readonly count: number
  /** Of the nearest points of its images, the share that are of the class itself, in [0, 1]. */
  readonly own: number
  /** The other class that they are most often; null where there is none. */
  readonly next: { readonly classIndex: number; readonly share: number } | null
}

const nearestCount = 8

/** `points`: [count, 2]. Of the classes that have points, the least together first. */
export function neighbourhoods(points: Float32Array, classes: ArrayLike<number>): ClassNeighbourhood[] {
  const count = classes.length
  const cells = cellsOf(points, count)
  const tallies = new Map<number, Map<number, number>>()
  const counts = new Map<number, number>()
  for (let point = 0; point < count; point++) {
    const own = classes[point] ?? 0
    counts.set(own, (counts.get(own) ?? 0) + 1)
    const tally = tallies.get(own) ?? new Map<number, number>()
    tallies.set(own, tally)
    for (const other of nearest(points, point, cells)) {
      const label = classes[other] ?? 0
      tally.set(label, (tally.get(label) ?? 0) + 1)
    }
  }
  return [...tallies]
    .map(([classIndex, tally]) => {
      const total = Math.max(
        1,
        [...tally.values()].reduce((sum, many) => sum + many, 0),
      )
      const [next] = [...tally].filter(([label]) => label !== classIndex).sort((a, b) => b[1] - a[1])
      return {
        classIndex,
        count: counts.get(classIndex) ?? 0,
        own: (tally.get(classIndex) ?? 0) / total,
        next: next === undefined ? null : { classIndex: next[0], share: next[1] / total },
      }
    })
    .sort((one, other) => one.own - other.own || one.classIndex - other.classIndex)
}

interface Cells {
  readonly side: number
  readonly least: readonly [number, number]
  readonly size: number
  readonly points: ReadonlyMap<number, readonly number[]>
}

/** About four points a cell. */
function cellsOf(points: Float32Array, count: number): Cells {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let point = 0; point < count; point++) {
    const [x, y] = at(points, point)
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  const side = Math.max(1, Math.ceil(Math.sqrt(count / 4)))
  const size = Math.max(right - left, bottom - top, 1e-6) / side
  const cells = { side, least: [left, top] as const, size }
  const found = new Map<number, number[]>()
  for (let point = 0; point < count; point++) {
    const [x, y] = cellOf(cells, points, point)
    const key = y * (side + 1) + x
    const known = found.get(key)
    if (known === undefined) found.set(key, [point])
    else known.push(point)
  }
  return { ...cells, points: found }
}

function cellOf(
  { least, size }: Pick<Cells, 'least' | 'size'>,
  points: Float32Array,
  point: number,
): [number, number] {
  const [x, y] = at(points, point)
  return [Math.floor((x - least[0]) / size), Math.floor((y - least[1]) / size)]
}

/** Rings of cells are looked through until enough are found, and one more: what is diagonal may be farther. */
function nearest(points: Float32Array, point: number, cells: Cells): number[] {
  const [x0, y0] = at(points, point)
  const [cx, cy] = cellOf(cells, points, point)
  const found: { other: number; distance: number }[] = []
  let enoughAt = Infinity
  for (let ring = 0; ring <= Math.min(cells.side, enoughAt + 1); ring++) {
    for (let y = cy - ring; y <= cy + ring; y++)
      for (let x = cx - ring; x <= cx + ring; x++) {
        if (Math.max(Math.abs(x - cx), Math.abs(y - cy)) !== ring || x < 0 || y < 0 || x > cells.side)
          continue
        for (const other of cells.points.get(y * (cells.side + 1) + x) ?? []) {
          if (other === point) continue
          const [x1, y1] = at(points, other)
          found.push({ other, distance: (x1 - x0) ** 2 + (y1 - y0) ** 2 })
        }
      }
    if (found.length >= nearestCount && enoughAt === Infinity) enoughAt = ring
  }
  return found
    .sort((one, other) => one.distance - other.distance)
    .slice(0, nearestCount)
    .map(({ other }) => other)
}

function at(points: Float32Array, point: number): [number, number] {
  return [points[point * 2] ?? 0, points[point * 2 + 1] ?? 0]
}
