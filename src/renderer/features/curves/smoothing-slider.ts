/** The slider of smoothing: even strides in how many steps are averaged, from one to a thousand. Pure. */

/** 0 to 3 → 0 to 0.999. */
export function weightOf(slider: number): number {
  return Number((1 - 10 ** -Math.max(0, Math.min(3, slider))).toFixed(3))
}

/** null, automatic, stands where an ordinary run has it. */
export function sliderOf(weight: number | null): number {
  return weight === null ? 0.85 : -Math.log10(1 - Math.max(0, Math.min(0.999, weight)))
}
