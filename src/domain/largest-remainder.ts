/**
 * How many of each class's images a fraction takes, so that the total is the fraction of all, rounded (the method of largest
 * remainders; of equal remainders the earlier class first).
 */
export function largestRemainder(sizes: readonly number[], fraction: number): number[] {
  const exact = sizes.map((size) => size * fraction)
  const quotas = exact.map(Math.floor)
  const total = Math.round(exact.reduce((sum, value) => sum + value, 0))
  let left = total - quotas.reduce((sum, value) => sum + value, 0)
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (const { index } of byRemainder) {
    if (left-- <= 0) break
    quotas[index] = (quotas[index] ?? 0) + 1
  }
  return quotas
}
