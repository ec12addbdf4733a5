interface Curve {
  readonly steps: readonly number[]
  readonly values: readonly number[]
}

/** The d of an SVG path that fills a box; '' without values. */
export function curvePath(curve: Curve | undefined, width: number, height: number): string {
  if (curve === undefined || curve.values.length === 0) return ''
  const { steps, values } = curve
  const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 0]
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
  const points = values.map((value, index) => {
    const x = last > first ? (((steps[index] ?? 0) - first) / (last - first)) * width : width / 2
    const y = high > low ? ((high - value) / (high - low)) * (height - 4) + 2 : height / 2
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
  return `M${points.join('L')}`
}
