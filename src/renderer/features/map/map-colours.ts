/** Colours of the points of a map. Pure. */

/** Twelve hues apart, and the same darker: with more classes, hues come again. Not what raters say: those are thin edges on images. */
export function categoryPalette(count: number, isDark: boolean): string[] {
  return Array.from({ length: count }, (_, index) => {
    const hue = (index % 12) * 30 + 15
    const light = (isDark ? 62 : 44) - (Math.floor(index / 12) % 2) * 18
    return `hsl(${String(hue)}, 62%, ${String(light)}%)`
  })
}
