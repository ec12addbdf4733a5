/** At most six digits, no trailing zeros and no exponent. Pure. */
export function decimal(value: number): string {
  const digits = Math.min(12, Math.max(0, 5 - Math.floor(Math.log10(Math.abs(value) || 1))))
  return String(Number(value.toFixed(digits))).includes('e')
    ? value.toFixed(digits).replace(/0+$/, '')
    : String(Number(value.toFixed(digits)))
}
