/**
 * Temperature scaling (Guo, Pleiss, Sun and Weinberger 2017): logits divided by one number, fitted where the loss of some images is least. It changes how
 * sure predictions are, and none of them. Pure; generators yield where whoever asks may rest.
 */
import type { LossName } from '../../contract/entities/run'

/** Logits of some images, or their log-probabilities, which are logits as well. */
export interface ScoredRows {
  readonly count: number
  readonly classCount: number
  readonly loss: LossName
  label(row: number): number
  /** The scores of a row, into `into`, which has a place for each class. */
  read(row: number, into: Float64Array): void
}

export interface ScoredFigures {
  /** Mean loss, nats. */
  readonly nll: number
  /** Mean over the images of the sum over the classes of (probability − whether it is the label)². */
  readonly brier: number
  /** Of the prediction of each row, and whether it is right (1). */
  readonly confidences: Float32Array
  readonly right: Uint8Array
}

/** Rows between two rests. */
const rowsAtOnce = 64

/** Probabilities of the rows with their scores divided by `temperature`. */
export function* figuresAt(rows: ScoredRows, temperature: number): Generator<void, ScoredFigures> {
  const scores = new Float64Array(rows.classCount)
  const confidences = new Float32Array(rows.count)
  const right = new Uint8Array(rows.count)
  let [loss, brier] = [0, 0]
  for (let row = 0; row < rows.count; row++) {
    rows.read(row, scores)
    const label = rows.label(row)
    const predicted = greatest(scores)
    loss +=
      rows.loss === 'softmax' ? softmax(scores, label, temperature) : sigmoid(scores, label, temperature)
    for (let index = 0; index < scores.length; index++)
      brier += ((scores[index] ?? 0) - (index === label ? 1 : 0)) ** 2
    confidences[row] = scores[predicted] ?? 0
    right[row] = predicted === label ? 1 : 0
    if (row % rowsAtOnce === 0) yield
  }
  const count = Math.max(1, rows.count)
  return { nll: loss / count, brier: brier / count, confidences, right }
}

const lowest = Math.log(1 / 50)
const highest = Math.log(50)

/** Whether it lies at an end of what is tried: earlier versions gave that as the fit of rows that have none. */
export function isAtEnd(temperature: number): boolean {
  const place = Math.log(temperature)
  return !(place > lowest + 1e-6 && place < highest - 1e-6)
}

/**
 * The temperature with the least mean loss, within [1/50, 50]. The loss is convex in its inverse: Newton's method, kept within what is known of the place.
 * null where it is least at an end: of rows that are all right, ever surer is ever better, and of rows that guess, ever less sure.
 */
export function* fitTemperature(rows: ScoredRows): Generator<void, number | null> {
  if (rows.count === 0) throw new RangeError('A temperature is fitted on images.')
  let [low, high] = [Math.exp(lowest), Math.exp(highest)]
  const ends = [yield* derivatives(rows, low), yield* derivatives(rows, high)] as const
  if (ends[0].slope >= 0 || ends[1].slope <= 0) return null
  let inverse = 1
  for (let turn = 0; turn < 60; turn++) {
    const { slope, curvature } = yield* derivatives(rows, inverse)
    if (slope > 0) high = inverse
    else low = inverse
    const step = inverse - slope / curvature
    const next = step > low && step < high ? step : (low + high) / 2
    const isThere = Math.abs(next - inverse) <= 1e-9 * inverse
    inverse = next
    if (isThere) break
  }
  return 1 / inverse
}

/** Of the summed loss, by the inverse temperature. */
function* derivatives(
  rows: ScoredRows,
  inverse: number,
): Generator<void, { slope: number; curvature: number }> {
  const scores = new Float64Array(rows.classCount)
  let [slope, curvature] = [0, 0]
  for (let row = 0; row < rows.count; row++) {
    rows.read(row, scores)
    const label = rows.label(row)
    if (rows.loss === 'softmax') {
      const most = scores[greatest(scores)] ?? 0
      let [total, first, second] = [0, 0, 0]
      for (const score of scores) {
        const [distance, power] = [score - most, Math.exp((score - most) * inverse)]
        total += power
        first += power * distance
        second += power * distance * distance
      }
      const mean = first / total
      slope += mean - ((scores[label] ?? 0) - most)
      curvature += second / total - mean * mean
    } else {
      for (const [index, score] of scores.entries()) {
        const probability = 1 / (1 + Math.exp(-score * inverse))
        slope += score * (probability - (index === label ? 1 : 0))
        curvature += score * score * probability * (1 - probability)
      }
    }
    if (row % rowsAtOnce === 0) yield
  }
  return { slope, curvature: Math.max(curvature, 1e-300) }
}

/** In place, scores to probabilities; returns the loss. */
function softmax(scores: Float64Array, label: number, temperature: number): number {
  const most = scores[greatest(scores)] ?? 0
  const distance = ((scores[label] ?? 0) - most) / temperature
  let total = 0
  for (let index = 0; index < scores.length; index++) {
    const power = Math.exp(((scores[index] ?? 0) - most) / temperature)
    scores[index] = power
    total += power
  }
  for (let index = 0; index < scores.length; index++) scores[index] = (scores[index] ?? 0) / total
  return Math.log(total) - distance
}

/** In place, scores to probabilities; returns the loss. */
function sigmoid(scores: Float64Array, label: number, temperature: number): number {
  let loss = 0
  for (let index = 0; index < scores.length; index++) {
    const logit = (scores[index] ?? 0) / temperature
    loss += Math.log1p(Math.exp(-Math.abs(logit))) + Math.max(0, index === label ? -logit : logit)
    scores[index] = 1 / (1 + Math.exp(-logit))
  }
  return loss
}

/** The first of the greatest. */
function greatest(scores: Float64Array): number {
  let best = 0
  for (let index = 1; index < scores.length; index++)
    if ((scores[index] ?? -Infinity) > (scores[best] ?? -Infinity)) best = index
  return best
}
