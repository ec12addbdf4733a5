/**
 * Exact two-sided p-value of McNemar's test: how likely it is that of `fixed` + `broken` images on which two models differ, as many or more lie on one
 * side, if each side is as likely as the other. In [0, 1]; 1 where they differ on none. Source: McNemar 1947; statsmodels' `mcnemar(exact=True)`.
 */
export function mcnemarExact(fixed: number, broken: number): number {
  const total = fixed + broken
  const least = Math.min(fixed, broken)
  // Binomial(total, ½) up to the smaller count, from its largest term down: sums of logarithms, since 2^-total is no float64.
  let logTerm = -total * Math.LN2
  for (let k = 0; k < least; k++) logTerm += Math.log((total - k) / (k + 1))
  let ratio = 1
  let sum = 1
  for (let k = least; k > 0; k--) {
    ratio *= k / (total - k + 1)
    sum += ratio
    if (ratio < 1e-20) break
  }
  return Math.min(1, 2 * Math.exp(logTerm) * sum)
}
