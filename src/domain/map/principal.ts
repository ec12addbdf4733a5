/** Rows in the directions in which they differ most: principal components by subspace iteration. Pure. */
import { normalSample, randomStream } from '../random'

const rounds = 12
/** More say nothing new of the directions. */
const mostSampled = 4000

/** `values`: [count, width]. Returns [count, wanted], `wanted` at most the width. The same every time. */
export function principalComponents(
  values: Float32Array,
  count: number,
  width: number,
  wanted: number,
): Float32Array {
  const size = Math.min(wanted, width)
  const means = new Float64Array(width)
  for (let row = 0; row < count; row++)
    for (let x = 0; x < width; x++) means[x] = (means[x] ?? 0) + (values[row * width + x] ?? 0) / count
  const every = Math.max(1, Math.ceil(count / mostSampled))
  const next = randomStream(0)
  /** [size, width] */
  let directions = Float64Array.from({ length: size * width }, () => normalSample(next))
  orthonormalize(directions, size, width)
  const scores = new Float64Array(size)
  for (let round = 0; round < rounds; round++) {
    const grown = new Float64Array(size * width)
    for (let row = 0; row < count; row += every) {
      project(values, row, means, directions, scores, width)
      for (let at = 0; at < size; at++) {
        const score = scores[at] ?? 0
        const offset = at * width
        for (let x = 0; x < width; x++)
          grown[offset + x] =
            (grown[offset + x] ?? 0) + score * ((values[row * width + x] ?? 0) - (means[x] ?? 0))
      }
    }
    directions = grown
    orthonormalize(directions, size, width)
  }
  const found = new Float32Array(count * size)
  for (let row = 0; row < count; row++) {
    project(values, row, means, directions, scores, width)
    found.set(scores, row * size)
  }
  return found
}

function project(
  values: Float32Array,
  row: number,
  means: Float64Array,
  directions: Float64Array,
  into: Float64Array,
  width: number,
): void {
  for (let at = 0; at < into.length; at++) {
    let sum = 0
    const offset = at * width
    for (let x = 0; x < width; x++)
      sum += (directions[offset + x] ?? 0) * ((values[row * width + x] ?? 0) - (means[x] ?? 0))
    into[at] = sum
  }
}

/** Gram–Schmidt, in place, twice for the sake of rounding. What has no length becomes 0. */
function orthonormalize(directions: Float64Array, size: number, width: number): void {
  for (let at = 0; at < size; at++) {
    const own = directions.subarray(at * width, (at + 1) * width)
    for (let pass = 0; pass < 2; pass++)
      for (let before = 0; before < at; before++) {
        const other = directions.subarray(before * width, (before + 1) * width)
        let product = 0
        for (let x = 0; x < width; x++) product += (own[x] ?? 0) * (other[x] ?? 0)
        for (let x = 0; x < width; x++) own[x] = (own[x] ?? 0) - product * (other[x] ?? 0)
      }
    let squares = 0
    for (const value of own) squares += value * value
    const scale = squares > 1e-20 ? 1 / Math.sqrt(squares) : 0
    for (let x = 0; x < width; x++) own[x] = (own[x] ?? 0) * scale
  }
}
