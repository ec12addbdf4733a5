/** The order of the classes in the matrix: classes that are taken for each other stand side by side. Pure. */
import type { Confusion } from '../../../contract/entities/run'

export type MatrixOrder = 'cluster' | 'name'

/** Class indices in the order of the matrix's rows and columns; each once. */
export function matrixOrder(confusion: Confusion, order: MatrixOrder): number[] {
  const classes = confusion.classNames.map((_, index) => index)
  return order === 'name' ? classes : clusterOrder(classes.length, confusion)
}

/**
 * Greedy chains: the pair that is confused most (both ways counted together) is joined first, end to end where it can
 * be; then the next. Chains with more confusion come first, classes without any last. O(c log c) in the cells.
 */
function clusterOrder(classCount: number, confusion: Confusion): number[] {
  const chains: number[][] = Array.from({ length: classCount }, (_, index) => [index])
  const weights = new Array<number>(classCount).fill(0)
  const chainOf = Array.from({ length: classCount }, (_, index) => index)

  for (const { a, b, count } of pairsBothWays(confusion)) {
    const into = chainOf[a] ?? a
    const from = chainOf[b] ?? b
    weights[into] = (weights[into] ?? 0) + count
    if (into === from) continue
    const left = chains[into] ?? []
    const right = chains[from] ?? []
    const joined = [...endingWith(left, a), ...startingWith(right, b)]
    for (const member of right) chainOf[member] = into
    chains[into] = joined
    chains[from] = []
    weights[into] = (weights[into] ?? 0) + (weights[from] ?? 0)
  }
  return chains
    .map((chain, index) => ({ chain, weight: weights[index] ?? 0 }))
    .filter(({ chain }) => chain.length > 0)
    .sort((x, y) => y.weight - x.weight || (x.chain[0] ?? 0) - (y.chain[0] ?? 0))
    .flatMap(({ chain }) => chain)
}

function pairsBothWays(confusion: Confusion): { a: number; b: number; count: number }[] {
  const size = confusion.classNames.length
  const pairs = new Map<number, { a: number; b: number; count: number }>()
  for (const { labelIndex, predictedIndex, count } of confusion.cells) {
    if (labelIndex === predictedIndex) continue
    const a = Math.min(labelIndex, predictedIndex)
    const b = Math.max(labelIndex, predictedIndex)
    const known = pairs.get(a * size + b)
    if (known === undefined) pairs.set(a * size + b, { a, b, count })
    else known.count += count
  }
  return [...pairs.values()].sort((x, y) => y.count - x.count || x.a - y.a || x.b - y.b)
}

/** Turned round when the class is nearer to the start than to the end. */
function endingWith(chain: readonly number[], member: number): number[] {
  return chain.indexOf(member) < chain.length / 2 && chain.length > 1 ? [...chain].reverse() : [...chain]
}

function startingWith(chain: readonly number[], member: number): number[] {
  return chain.indexOf(member) >= chain.length / 2 && chain.length > 1 ? [...chain].reverse() : [...chain]
}
