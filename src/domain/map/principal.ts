/** Rows in the directions in which they differ most: principal components by subspace iteration. Pure. */
import { atOnce } from '../in-turns'
import { normalSample, randomStream } from '../random'

const mostRounds = 12
/** More say nothing new of the directions. */
const mostSampled = 4000

export interface PrincipalDirections {
  /** [width] */
  readonly means: Float64Array
  /** [size, width]; of unit length and at right angles, the one along which the rows differ most first. 0 where rows have no more directions. */
  readonly directions: Float64Array
  /** [size]; the standard deviation along each. */
  readonly deviations: Float64Array
  readonly size: number
}

/** `values`: [count, width]. Returns [count, wanted], `wanted` at most the width. The same every time. */
export function principalComponents(
  values: Float32Array,
  count: number,
  width: number,
  wanted: number,
): Float32Array {
  const { means, directions, size } = atOnce(principalDirections(values, count, width, wanted))
  const scores = new Float64Array(size)
  const found = new Float32Array(count * size)
  for (let row = 0; row < count; row++) {
    project(values, row, means, directions, scores, width)
    found.set(scores, row * size)
  }
  return found
}

/** Of `values`: [count, width]; `wanted` directions, at most the width. The same every time. Yields where whoever asks may rest. */
export function* principalDirections(
  values: Float32Array,
  count: number,
  width: number,
  wanted: number,
  rounds = mostRounds,
): Generator<void, PrincipalDirections> {
  const size = Math.min(wanted, width)
  const means = new Float64Array(width)
  for (let row = 0; row < count; row++)
    for (let x = 0; x < width; x++) means[x] = (means[x] ?? 0) + (values[row * width + x] ?? 0) / count
  const every = Math.max(1, Math.ceil(count / mostSampled))
  const next = randomStream(0)
  let directions = Float64Array.from({ length: size * width }, () => normalSample(next))
  yield* orthonormalize(directions, size, width)
  const scores = new Float64Array(size)
  const deviations = new Float64Array(size)
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
      if (row % rowsAtOnce === 0) yield
    }
    directions = grown
    yield* orthonormalize(directions, size, width)
    yield
  }
  let sampled = 0
  for (let row = 0; row < count; row += every) {
    project(values, row, means, directions, scores, width)
    sampled++
    for (let at = 0; at < size; at++) deviations[at] = (deviations[at] ?? 0) + (scores[at] ?? 0) ** 2
    if (row % rowsAtOnce === 0) yield
  }
  for (let at = 0; at < size; at++) deviations[at] = Math.sqrt((deviations[at] ?? 0) / Math.max(1, sampled))
  return { means, directions, deviations, size }
}

/** Of a few milliseconds each. */
const rowsAtOnce = 32
const directionsAtOnce = 8

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
function* orthonormalize(directions: Float64Array, size: number, width: number): Generator<void, void> {
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
    if (at % directionsAtOnce === directionsAtOnce - 1) yield
  }
}
