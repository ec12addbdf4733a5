/**
 * Temperature scaling (Guo, Pleiss, Sun and Weinberger 2017): logits divided by one number, fitted where the loss of some images is least. It changes how
 * sure predictions are, and none of them. Pure; generators yield where whoever asks may rest.
 */
import type { LossName } from '../../contract/entities/run'

/**
 * Log-probabilities of some images, or logits between -14 and 14, under sigmoid any logits. Each is one of few values, so that what a pass needs of a
 * score is worked out once for each value, not for each of the scores.
 */
export interface ScoredRows {
  readonly count: number
  readonly classCount: number
  readonly loss: LossName
  /** The values that scores have; at most 65,536. */
  readonly values: Float32Array | Float64Array
  label(row: number): number
  /** Of each class the place of its score in `values`. */
  places(row: number): Uint16Array
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

/** Scores between two rests: about a millisecond. */
const scoresAtOnce = 100_000
const rowsAtOnce = ({ classCount }: ScoredRows): number => Math.max(1, Math.floor(scoresAtOnce / classCount))

/** Probabilities of the rows with their scores divided by `temperature`. */
export function* figuresAt(rows: ScoredRows, temperature: number): Generator<void, ScoredFigures> {
  const { values } = rows
  const [each, isSoftmax] = [rowsAtOnce(rows), rows.loss === 'softmax']
  // Log-probabilities of many classes may all be low. This brings a row's greatest to the middle of what a double holds, for the squares, too.
  const shift = isSoftmax ? Math.log(rows.classCount) / 2 : 0
  // under softmax before they are divided by their sum
  const probabilities = new Float64Array(values.length)
  const losses = isSoftmax ? null : new Float64Array(values.length)
  for (let place = 0; place < values.length; place++) {
    const score = ((values[place] ?? 0) + shift) / temperature
    probabilities[place] = isSoftmax ? Math.exp(score) : 1 / (1 + Math.exp(-score))
    if (losses !== null) losses[place] = softplus(score)
  }
  yield
  const confidences = new Float32Array(rows.count)
  const right = new Uint8Array(rows.count)
  let [loss, brier] = [0, 0]
  for (let row = 0; row < rows.count; row++) {
    const [places, label] = [rows.places(row), rows.label(row)]
    const labelPlace = places[label] ?? 0
    const labelScore = ((values[labelPlace] ?? 0) + shift) / temperature
    let [sum, squares, predicted, most] = [0, 0, 0, -Infinity]
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? 0
      const [probability, value] = [probabilities[place] ?? 0, values[place] ?? 0]
      sum += probability
      squares += probability * probability
      if (value > most) [most, predicted] = [value, index]
      if (losses !== null) loss += losses[place] ?? 0
    }
    const total = isSoftmax ? sum : 1
    loss += (isSoftmax ? Math.log(sum) : 0) - labelScore
    brier += Math.max(0, squares / total ** 2 - (2 * (probabilities[labelPlace] ?? 0)) / total + 1)
    confidences[row] = (probabilities[places[predicted] ?? 0] ?? 0) / total
    right[row] = predicted === label ? 1 : 0
    if (row % each === 0) yield
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
  const { values } = rows
  const [each, isSoftmax] = [rowsAtOnce(rows), rows.loss === 'softmax']
  const [powers, firsts, seconds] = [0, 1, 2].map(() => new Float64Array(values.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? 0
    const power = isSoftmax ? Math.exp(value * inverse) : 1 / (1 + Math.exp(-value * inverse))
    // what is infinitely improbable counts nothing
    if (power === 0) continue
    powers[place] = power
    firsts[place] = power * value
    seconds[place] = power * value * value * (isSoftmax ? 1 : 1 - power)
  }
  yield
  let [slope, curvature] = [0, 0]
  for (let row = 0; row < rows.count; row++) {
    const places = rows.places(row)
    let [total, first, second] = [0, 0, 0]
    for (let index = 0; index < places.length; index++) {
      const place = places[index] ?? 0
      total += powers[place] ?? 0
      first += firsts[place] ?? 0
      second += seconds[place] ?? 0
    }
    const mean = isSoftmax ? first / total : first
    slope += mean - (values[places[rows.label(row)] ?? 0] ?? 0)
    curvature += isSoftmax ? Math.max(0, second / total - mean * mean) : second
    if (row % each === 0) yield
  }
  return { slope, curvature: Math.max(curvature, 1e-300) }
}

/** log(1 + e^x) */
function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x)
}
