/** Figures of models and trainings, written alike on the screen, at the command line and in reports. Pure. */
import { rateName, type Recipe } from '../contract/entities/run'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1004212 → '1,004,212' */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** '1 image', '17 images' */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** All that is trained, with the head of the model in question: 23500352 → '23.5 M' */
export function formatParameters(count: number): string {
  if (count >= 9.995e8) return `${(count / 1e9).toFixed(2)} G`
  if (count >= 9.995e7) return `${Math.round(count / 1e6)} M`
  if (count >= 9.995e5) return `${(count / 1e6).toFixed(1)} M`
  return `${(count / 1e3).toFixed(0)} K`
}

/** Three significant digits without an exponent: '0.81', '12.4', '9,410' */
export function formatRate(perSecond: number): string {
  if (perSecond >= 99.95) return whole.format(perSecond)
  if (perSecond >= 9.995) return perSecond.toFixed(1)
  return perSecond.toFixed(2)
}

/** '410 images/s'; of a linear probe, whose steps take features, '9,410 features/s'. */
export function formatSpeed(perSecond: number, recipe: Pick<Recipe, 'linearProbe'>): string {
  return `${formatRate(perSecond)} ${rateName(recipe).toLowerCase()}`
}

/** The side of a square, '384 px', or of a rectangle, '1,600 × 1,200 px'. */
export function formatPx(widthPx: number, heightPx: number = widthPx): string {
  const sides = widthPx === heightPx ? [widthPx] : [widthPx, heightPx]
  return `${sides.map((side) => whole.format(side)).join(' × ')} px`
}
