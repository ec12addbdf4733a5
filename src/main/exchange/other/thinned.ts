/** As much of a curve as a chart can show: the least and the greatest value of each stretch, in their order. */
export function thinned(
  points: Float64Array,
  most: number,
): { steps: number[]; values: number[]; atMs: (number | null)[] } {
  const count = points.length / 3
  const kept: number[] = []
  if (count <= most) for (let index = 0; index < count; index++) kept.push(index)
  else {
    const stretches = Math.max(1, Math.floor(most / 2))
    for (let stretch = 0; stretch < stretches; stretch++) {
      const [from, to] = [
        Math.floor((stretch * count) / stretches),
        Math.floor(((stretch + 1) * count) / stretches),
      ]
      let [least, greatest] = [from, from]
      for (let index = from; index < to; index++) {
        const value = points[3 * index + 1] ?? 0
        if (value < (points[3 * least + 1] ?? 0)) least = index
        if (value > (points[3 * greatest + 1] ?? 0)) greatest = index
      }
      kept.push(...(least === greatest ? [least] : [Math.min(least, greatest), Math.max(least, greatest)]))
    }
  }
  const column = (at: number): number[] => kept.map((index) => points[3 * index + at] ?? NaN)
  return { steps: column(0), values: column(1), atMs: column(2).map((ms) => (Number.isNaN(ms) ? null : ms)) }
}
