/** What the promotion of a model in use says of how sure it is. Pure. */

/** Of the lowest or highest temperature that a fit tries, which earlier versions stored where there was none. */
export function unusedTemperatureText(temperature: number): string {
  return `no temperature: the stored one, ${temperature.toFixed(3)}, is where the search for one ended; promote the run again to fit one`
}

/** How probable a class must be. */
export function isUnsure(
  top: readonly { readonly probability: number }[],
  /** null: there is none. */
  threshold: number | null,
): boolean {
  const [first] = top
  return threshold !== null && first !== undefined && first.probability < threshold
}
