/**
 * How far losses of the same steps lie apart, against a bound: `{ agrees, first, worst, bound }`, relative. The first loss is of the same weights; the later
 * ones come after updates that rounding has moved, so they have a wider bound.
 */
export function agreement(losses, reference, bound) {
  const apart = reference.map((loss, index) => Math.abs(losses[index] - loss) / Math.abs(loss))
  const [first, ...later] = apart
  const worst = Math.max(...later)
  return {
    agrees: losses.length === reference.length && first <= bound.first && worst <= bound.later,
    first,
    worst,
    bound,
  }
}
