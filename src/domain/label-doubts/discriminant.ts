/**
 * A linear probe in closed form: the linear discriminant of features (Fisher 1936), whose covariance is shrunk toward a multiple of the identity. Unlike
 * one that is fitted step by step it cannot learn a wrong label by heart. Pure; generators yield where whoever asks may rest.
 */

/** Sums over some rows of features: what a probe is made from, and what can be added. */
export interface Moments {
  readonly width: number
  readonly classCount: number
  /** Upper triangle, row by row, of Σ x xᵀ over those rows that count for the covariance. */
  readonly products: Float64Array
  /** [classCount, width] over the same rows, and how many of each class. */
  readonly sampledSums: Float64Array
  readonly sampledCounts: Float64Array
  /** Over all rows. */
  readonly sums: Float64Array
  readonly counts: Float64Array
}

export interface Probe {
  /** [classCount, width] */
  readonly weights: Float64Array
  readonly biases: Float64Array
}

export function emptyMoments(width: number, classCount: number): Moments {
  return {
    width,
    classCount,
    products: new Float64Array(width * width),
    sampledSums: new Float64Array(classCount * width),
    sampledCounts: new Float64Array(classCount),
    sums: new Float64Array(classCount * width),
    counts: new Float64Array(classCount),
  }
}

/** `isSampled`: it counts for the covariance, which needs some thousand rows and no more. */
export function addRow(to: Moments, row: Float32Array, label: number, isSampled: boolean): void {
  const { width, products, sums, sampledSums } = to
  const offset = label * width
  to.counts[label] = (to.counts[label] ?? 0) + 1
  for (let x = 0; x < width; x++) sums[offset + x] = (sums[offset + x] ?? 0) + (row[x] ?? 0)
  if (!isSampled) return
  to.sampledCounts[label] = (to.sampledCounts[label] ?? 0) + 1
  for (let y = 0; y < width; y++) {
    const value = row[y] ?? 0
    sampledSums[offset + y] = (sampledSums[offset + y] ?? 0) + value
    if (value === 0) continue
    for (let x = y, at = y * width + y; x < width; x++, at++)
      products[at] = (products[at] ?? 0) + value * (row[x] ?? 0)
  }
}

/** Adds `share` times the other's sums. */
export function addMoments(to: Moments, other: Moments, share: 1 | -1): void {
  const add = (target: Float64Array, source: Float64Array): void => {
    for (let at = 0; at < target.length; at++) target[at] = (target[at] ?? 0) + share * (source[at] ?? 0)
  }
  add(to.products, other.products)
  add(to.sampledSums, other.sampledSums)
  add(to.sampledCounts, other.sampledCounts)
  add(to.sums, other.sums)
  add(to.counts, other.counts)
}

/** `shrinkage` in (0, 1]. Classes without rows get a bias of −∞. */
export function* fitProbe(moments: Moments, shrinkage: number): Generator<void, Probe> {
  const { width, classCount, counts, sums } = moments
  const factor = yield* cholesky(covariance(moments, shrinkage), width)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const weights = new Float64Array(classCount * width)
  const biases = new Float64Array(classCount).fill(-Infinity)
  for (let label = 0; label < classCount; label++) {
    const count = counts[label] ?? 0
    if (count <= 0) continue
    const mean = sums.subarray(label * width, (label + 1) * width).map((sum) => sum / count)
    const solved = solve(factor, mean, width)
    weights.set(solved, label * width)
    let product = 0
    for (let x = 0; x < width; x++) product += (mean[x] ?? 0) * (solved[x] ?? 0)
    biases[label] = Math.log(count / total) - product / 2
    yield
  }
  return { weights, biases }
}

/** Logits of one row, into `into`. */
export function probeLogits({ weights, biases }: Probe, row: Float32Array, into: Float64Array): void {
  const width = row.length
  for (let label = 0; label < biases.length; label++) {
    let sum = biases[label] ?? 0
    const offset = label * width
    for (let x = 0; x < width; x++) sum += (weights[offset + x] ?? 0) * (row[x] ?? 0)
    into[label] = sum
  }
}

/** Lower triangle, row by row, of the mean covariance within the classes. */
function covariance(moments: Moments, shrinkage: number): Float64Array {
  const { width, products, sampledSums, sampledCounts, classCount } = moments
  const total = sampledCounts.reduce((sum, count) => sum + count, 0)
  const freedom = Math.max(1, total - sampledCounts.filter((count) => count > 0).length)
  const within = new Float64Array(width * width)
  let trace = 0
  for (let y = 0; y < width; y++) {
    for (let x = y; x < width; x++) {
      let value = products[y * width + x] ?? 0
      for (let label = 0; label < classCount; label++) {
        const count = sampledCounts[label] ?? 0
        if (count > 0)
          value -= ((sampledSums[label * width + y] ?? 0) * (sampledSums[label * width + x] ?? 0)) / count
      }
      within[x * width + y] = ((1 - shrinkage) * value) / freedom
      if (x === y) trace += value / freedom
    }
  }
  const ridge = (shrinkage * trace) / width + 1e-9
  for (let x = 0; x < width; x++) within[x * width + x] = (within[x * width + x] ?? 0) + ridge
  return within
}

/** In place: the lower factor. */
function* cholesky(matrix: Float64Array, width: number): Generator<void, Float64Array> {
  for (let y = 0; y < width; y++) {
    const row = y * width
    for (let x = 0; x <= y; x++) {
      const other = x * width
      let sum = matrix[row + x] ?? 0
      for (let at = 0; at < x; at++) sum -= (matrix[row + at] ?? 0) * (matrix[other + at] ?? 0)
      matrix[row + x] = x === y ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (matrix[other + x] ?? 1)
    }
    yield
  }
  return matrix
}

function solve(factor: Float64Array, right: Float64Array, width: number): Float64Array {
  const solution = Float64Array.from(right)
  for (let y = 0; y < width; y++) {
    let sum = solution[y] ?? 0
    for (let x = 0; x < y; x++) sum -= (factor[y * width + x] ?? 0) * (solution[x] ?? 0)
    solution[y] = sum / (factor[y * width + y] ?? 1)
  }
  for (let y = width - 1; y >= 0; y--) {
    let sum = solution[y] ?? 0
    for (let x = y + 1; x < width; x++) sum -= (factor[x * width + y] ?? 0) * (solution[x] ?? 0)
    solution[y] = sum / (factor[y * width + y] ?? 1)
  }
  return solution
}
