/**
 * A linear probe for few labels: ridge regression of one class against the others, solved over the labelled images, so that its cost goes with their number
 * and not with that of the features. Its leave-one-out predictions come with it in closed form (Allen 1974), and tell how right it is. Pure; generators
 * yield where whoever asks may rest.
 */

export interface LabelProbe {
  readonly classCount: number
  /** [classCount, width] */
  readonly weights: Float32Array
  /** What scores are multiplied by before the softmax. */
  readonly sharpness: number
  readonly trainedOn: number
  /** The share of the labelled images that the probe is right about when it has not seen them, in [0, 1]. */
  readonly accuracy: number
}

/** Of rows of unit length. Found on flowers17 with 34 to 272 labels; 0.03 to 0.3 do as well. */
const ridge = 0.1
const sharpnesses = [1, 2, 4, 8, 16, 32, 64]

/** Roots tame the few large features; the rest makes rows comparable. `mean`: of the roots. */
export function probeRow(features: Float32Array, mean: Float32Array): Float32Array {
  const row = new Float32Array(features.length)
  let squares = 0
  for (let x = 0; x < row.length; x++) {
    const value = Math.sqrt(Math.max(0, features[x] ?? 0)) - (mean[x] ?? 0)
    row[x] = value
    squares += value * value
  }
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares)
  for (let x = 0; x < row.length; x++) row[x] = (row[x] ?? 0) * scale
  return row
}

/** `rows`: of `probeRow`; `labels`: of each, below `classCount`. Two rows at least. */
export function* fitLabelProbe(
  rows: readonly Float32Array[],
  labels: readonly number[],
  classCount: number,
): Generator<void, LabelProbe> {
  const count = rows.length
  const width = rows[0]?.length ?? 0
  const lower = yield* inverseFactor(yield* cholesky(yield* gram(rows), count), count)
  const inverseDiagonal = new Float64Array(count)
  for (let y = 0; y < count; y++)
    for (let x = 0; x <= y; x++)
      inverseDiagonal[x] = (inverseDiagonal[x] ?? 0) + (lower[y * count + x] ?? 0) ** 2
  const shares = new Float64Array(classCount)
  for (const label of labels) shares[label] = (shares[label] ?? 0) + 1 / count
  const weights = new Float32Array(classCount * width)
  const leftOut = new Float64Array(count * classCount)
  for (let label = 0; label < classCount; label++) {
    const targets = Float64Array.from(labels, (own) => (own === label ? 1 : 0) - (shares[label] ?? 0))
    const duals = timesInverse(lower, targets, count)
    const offset = label * width
    rows.forEach((row, place) => {
      const dual = duals[place] ?? 0
      for (let x = 0; x < width; x++) weights[offset + x] = (weights[offset + x] ?? 0) + dual * (row[x] ?? 0)
      leftOut[place * classCount + label] = (targets[place] ?? 0) - dual / (inverseDiagonal[place] ?? 1)
    })
    yield
  }
  const { sharpness, accuracy } = judged(leftOut, labels, classCount)
  return { classCount, weights, sharpness, trainedOn: count, accuracy }
}

/** Of one row, into `into`; they sum to 1. */
export function labelProbabilities(probe: LabelProbe, row: Float32Array, into: Float64Array): void {
  const { classCount, weights, sharpness } = probe
  const width = row.length
  for (let label = 0; label < classCount; label++) {
    let sum = 0
    const offset = label * width
    for (let x = 0; x < width; x++) sum += (weights[offset + x] ?? 0) * (row[x] ?? 0)
    into[label] = sum * sharpness
  }
  softmax(into)
}

/** Lower triangle of the products of all rows, with the ridge. */
function* gram(rows: readonly Float32Array[]): Generator<void, Float64Array> {
  const count = rows.length
  const products = new Float64Array(count * count)
  for (const [y, one] of rows.entries()) {
    for (let x = 0; x <= y; x++) {
      const other = rows[x] ?? one
      let sum = x === y ? ridge : 0
      for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0)
      products[y * count + x] = sum
    }
    yield
  }
  return products
}

/** In place: the lower factor. */
function* cholesky(matrix: Float64Array, count: number): Generator<void, Float64Array> {
  for (let y = 0; y < count; y++) {
    for (let x = 0; x <= y; x++) {
      let sum = matrix[y * count + x] ?? 0
      for (let at = 0; at < x; at++) sum -= (matrix[y * count + at] ?? 0) * (matrix[x * count + at] ?? 0)
      matrix[y * count + x] = x === y ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (matrix[x * count + x] ?? 1)
    }
    yield
  }
  return matrix
}

/** The inverse of a lower factor, which is one, too. */
function* inverseFactor(factor: Float64Array, count: number): Generator<void, Float64Array> {
  const inverse = new Float64Array(count * count)
  for (let x = 0; x < count; x++) {
    inverse[x * count + x] = 1 / (factor[x * count + x] ?? 1)
    for (let y = x + 1; y < count; y++) {
      let sum = 0
      for (let at = x; at < y; at++) sum -= (factor[y * count + at] ?? 0) * (inverse[at * count + x] ?? 0)
      inverse[y * count + x] = sum / (factor[y * count + y] ?? 1)
    }
    yield
  }
  return inverse
}

/** The inverse of the matrix of which `lower` is the inverse of the factor, times `right`. */
function timesInverse(lower: Float64Array, right: Float64Array, count: number): Float64Array {
  const half = new Float64Array(count)
  for (let y = 0; y < count; y++)
    for (let x = 0; x <= y; x++) half[y] = (half[y] ?? 0) + (lower[y * count + x] ?? 0) * (right[x] ?? 0)
  const solved = new Float64Array(count)
  for (let y = 0; y < count; y++)
    for (let x = 0; x <= y; x++) solved[x] = (solved[x] ?? 0) + (lower[y * count + x] ?? 0) * (half[y] ?? 0)
  return solved
}

/** How right the predictions are for rows that were left out, and the sharpness that makes their labels most likely. */
function judged(
  scores: Float64Array,
  labels: readonly number[],
  classCount: number,
): { sharpness: number; accuracy: number } {
  let rightCount = 0
  const losses = sharpnesses.map(() => 0)
  labels.forEach((label, place) => {
    const row = scores.subarray(place * classCount, (place + 1) * classCount)
    if (row.every((score, other) => other === label || score < (row[label] ?? 0))) rightCount++
    sharpnesses.forEach((sharpness, index) => {
      const powers = row.map((score) => score * sharpness)
      softmax(powers)
      losses[index] = (losses[index] ?? 0) - Math.log(Math.max(powers[label] ?? 0, 1e-12))
    })
  })
  const best = losses.indexOf(Math.min(...losses))
  return { sharpness: sharpnesses[best] ?? 1, accuracy: rightCount / labels.length }
}

function softmax(values: Float64Array): void {
  let most = -Infinity
  for (const value of values) most = Math.max(most, value)
  let total = 0
  for (let at = 0; at < values.length; at++) total += values[at] = Math.exp((values[at] ?? 0) - most)
  for (let at = 0; at < values.length; at++) values[at] = (values[at] ?? 0) / total
}
