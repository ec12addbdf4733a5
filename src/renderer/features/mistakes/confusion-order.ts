/** The order of the classes in the matrix: classes that are taken for each other stand side by side. Pure. */
import type { Confusion } from '../../../contract/entities/confusion'
import { ascending, byDigits } from '../../../domain/by-digits'
import { wrongCells } from '../../../domain/statistics/confused-pairs'

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
  let chainCount = classCount

  for (const { a, b, count } of pairsBothWays(confusion)) {
    if (chainCount <= 1) break // no order is left to choose
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
    chainCount--
    weights[into] = (weights[into] ?? 0) + (weights[from] ?? 0)
  }
  return chains
    .map((chain, index) => ({ chain, weight: weights[index] ?? 0 }))
    .filter(({ chain }) => chain.length > 0)
    .sort((x, y) => y.weight - x.weight || (x.chain[0] ?? 0) - (y.chain[0] ?? 0))
    .flatMap(({ chain }) => chain)
}

/** Pairs of different classes, a < b, most images first; equal ones in the order of the classes. */
function* pairsBothWays(confusion: Confusion) {
  const { classNames, labels, predicted, counts } = confusion
  const size = classNames.length
  const wrong = wrongCells(confusion)
  const keys = new Uint32Array(wrong.length)
  for (let at = 0; at < wrong.length; at++) {
    const [label, other] = [labels[wrong[at] ?? 0] ?? 0, predicted[wrong[at] ?? 0] ?? 0]
    keys[at] = Math.min(label, other) * size + Math.max(label, other)
  }
  const sorted = byDigits(ascending(wrong.length), keys)
  // In the order of the pairs; the sums turned round, so that the greatest comes first.
  const [pairs, sums] = [new Uint32Array(wrong.length), new Uint32Array(wrong.length)]
  let end = 0
  for (let at = 0; at < sorted.length; at++) {
    const place = sorted[at] ?? 0
    const key = keys[place] ?? 0
    if (end === 0 || pairs[end - 1] !== key) {
      pairs[end] = key
      sums[end++] = 0xffffffff
    }
    sums[end - 1] = (sums[end - 1] ?? 0) - (counts[wrong[place] ?? 0] ?? 0)
  }
  const order = byDigits(ascending(end), sums.subarray(0, end))
  for (let at = 0; at < end; at++) {
    const key = pairs[order[at] ?? 0] ?? 0
    const a = Math.floor(key / size)
    yield { a, b: key - a * size, count: 0xffffffff - (sums[order[at] ?? 0] ?? 0) }
  }
}

/** Turned round when the class is nearer to the start than to the end. */
function endingWith(chain: readonly number[], member: number): number[] {
  return chain.indexOf(member) < chain.length / 2 && chain.length > 1 ? [...chain].reverse() : [...chain]
}

function startingWith(chain: readonly number[], member: number): number[] {
  return chain.indexOf(member) >= chain.length / 2 && chain.length > 1 ? [...chain].reverse() : [...chain]
}
