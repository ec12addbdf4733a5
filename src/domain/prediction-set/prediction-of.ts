/** What logits say of an image. Pure. */
import type { LossName } from '../../contract/entities/run'
import type { PredictedRow } from './block'

/** How many classes a row of predictions keeps (as the contract says). */
const topCount = 5

/**
 * In float64. softmax: probabilities that sum to 1 and the cross-entropy; sigmoid: each class is judged separately and the sum over classes. Among equal
 * logits the lower class index comes first, for the rank as for the top list. A logit that is not a number has no rank: the label comes after it.
 */
export function predictionOf(
  imageId: number,
  labelIndex: number,
  logits: Float32Array,
  lossName: LossName = 'softmax',
): PredictedRow {
  const { probabilities, loss } = (lossName === 'softmax' ? softmax : sigmoid)(logits, labelIndex)
  const labelLogit = logits[labelIndex] ?? NaN
  const isBefore = (value: number, index: number): boolean =>
    value === labelLogit ? index < labelIndex : !(value < labelLogit)
  const rank = logits.reduce(
    (place, value, index) => place + (index !== labelIndex && isBefore(value, index) ? 1 : 0),
    1,
  )
  const topIndices = topOf(logits, topCount)
  return {
    imageId,
    labelIndex,
    loss,
    labelRank: rank,
    labelProbability: probabilities(labelIndex),
    topIndices,
    topProbabilities: topIndices.map(probabilities),
  }
}

/** Most probable first. */
export function topOf(logits: Float32Array, count: number): number[] {
  const top: number[] = []
  const isBelow = (place: number, value: number): boolean => (logits[top[place] ?? 0] ?? 0) < value
  for (let index = 0; index < logits.length; index++) {
    const value = logits[index] ?? 0
    if (top.length === count && !isBelow(count - 1, value)) continue
    let place = top.length
    while (place > 0 && isBelow(place - 1, value)) place--
    top.splice(place, 0, index)
    top.length = Math.min(top.length, count)
  }
  return top
}

interface Distribution {
  readonly probabilities: (classIndex: number) => number
  readonly loss: number
}

export function softmax(logits: Float32Array, labelIndex: number): Distribution {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const exponentials = Array.from(logits, (value) => Math.exp(value - largest))
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return {
    probabilities: (classIndex) => (exponentials[classIndex] ?? NaN) / sum,
    loss: Math.log(sum) - ((logits[labelIndex] ?? NaN) - largest),
  }
}

export function sigmoid(logits: Float32Array, labelIndex: number): Distribution {
  const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
  return {
    probabilities: (classIndex) => 1 / (1 + Math.exp(-(logits[classIndex] ?? NaN))),
    loss: logits.reduce((sum, value) => sum + softplus(value), 0) - (logits[labelIndex] ?? NaN),
  }
}
