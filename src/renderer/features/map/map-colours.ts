/** Colours of the points of a map. Pure. */

/** Twelve hues apart, and the same darker: with more classes, hues come again. Not what raters say: those are thin edges on images. */
export function categoryPalette(count: number, isDark: boolean): string[] {
  return Array.from({ length: count }, (_, index) => {
    const hue = (index % 12) * 30 + 15
    const light = (isDark ? 62 : 44) - (Math.floor(index / 12) % 2) * 18
    return `hsl(${String(hue)}, 62%, ${String(light)}%)`
  })
}

/** nats: from these on a colour stands out more. */
const lossesFrom = [0, 0.1, 0.5, 1, 2, 4]

/** The colour of a loss, by its place in the two below. */
export function lossStep(loss: number): number {
  return Math.max(
    0,
    lossesFrom.findLastIndex((from) => loss >= from),
  )
}

export const lossNames: readonly string[] = lossesFrom.map((from, step) => {
  const to = lossesFrom[step + 1]
  return to === undefined
    ? `${String(from)} or more`
    : step === 0
      ? `below ${String(to)}`
      : `${String(from)} to ${String(to)}`
})

/** One hue, further from the ground the higher the loss. */
export function lossPalette(isDark: boolean): string[] {
  return lossesFrom.map((_, step) => {
    const light = isDark ? 30 + step * 10 : 80 - step * 11
    return `hsl(15, ${String(25 + step * 12)}%, ${String(light)}%)`
  })
}
