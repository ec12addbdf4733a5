import type { Accuracy } from '../../contract/entities/run'

/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054

/**
 * A proportion with its 95 % Wilson score interval (Wilson 1927), which stays in [0, 1] and honest for few examples and near 1. Of nothing there is
 * no proportion: throws RangeError.
 */
export function accuracyOf(correct: number, total: number): Accuracy {
  if (total <= 0) throw new RangeError('Of no images there is no accuracy.')
  const value = correct / total
  const centre = (value + z ** 2 / (2 * total)) / (1 + z ** 2 / total)
  const margin =
    (z / (1 + z ** 2 / total)) * Math.sqrt((value * (1 - value)) / total + z ** 2 / (4 * total ** 2))
  return {
    correct,
    total,
    value,
    low: correct === 0 ? 0 : Math.max(0, centre - margin),
    high: correct === total ? 1 : Math.min(1, centre + margin),
  }
}
