/** What a percentage is a percentage of, in the same words on every screen. Pure. */
import type { Accuracy } from '../contract/entities/run'
import { formatCount, formatPercent } from './format'

/** Behind an accuracy: 'of 136 test images right' */
export function ofImagesRight({ total }: Pick<Accuracy, 'total'>, part: string): string {
  return `of ${formatCount(total)} ${part} ${total === 1 ? 'image' : 'images'} right`
}

/** '20.4–35.2 %' */
export function intervalText({ low, high }: Pick<Accuracy, 'low' | 'high'>): string {
  return `${(low * 100).toFixed(1)}–${formatPercent(high)}`
}

/** '27.21 % of 136 test images right, 95 % interval 20.4–35.2 %' */
export function accuracySentence(accuracy: Accuracy, part: string): string {
  const share = formatPercent(accuracy.value, 2)
  return `${share} ${ofImagesRight(accuracy, part)}, 95 % interval ${intervalText(accuracy)}`
}

/** How a split was drawn: '10 % of each class val, 20 % test' */
export function splitShares(options: {
  readonly valFraction: number
  readonly testFraction: number
}): string {
  const whole = (fraction: number): string => formatPercent(fraction, 0)
  return `${whole(options.valFraction)} of each class val, ${whole(options.testFraction)} test`
}
