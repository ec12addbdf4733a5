/**
 * The space in which images are compared: the square roots of their features, centred, along the directions in which those of the dataset differ most, each
 * divided by the square root of its deviation, so that the few strongest do not decide alone. Pure.
 */
import { principalDirections } from '../map/principal'

export interface LikenessSpace {
  /** Of a row. */
  readonly size: number
  /** [width] of features to [size], of unit length; all 0 where there is nothing to compare. */
  row(features: Float32Array): Float32Array
}

/** More say nothing new of the directions. */
export const mostSpaceImages = 1000
const mostDirections = 64
/** As many as twice as many rounds: what is nearest changes no more, measured on photos (docs/performance.md). */
const rounds = 6
/** Fewer images than twice the directions do not tell them: their roots are compared as they are. */
const fewestImages = 2 * mostDirections

/** `sample`: features of images of the dataset. The same every time; yields where whoever asks may rest. */
export function* likenessSpace(
  sample: readonly Float32Array[],
  width: number,
): Generator<void, LikenessSpace> {
  if (sample.length < fewestImages) return { size: width, row: (features) => toUnitLength(roots(features)) }
  const values = new Float32Array(sample.length * width)
  sample.forEach((features, place) => {
    values.set(roots(features), place * width)
  })
  const found = yield* principalDirections(values, sample.length, width, mostDirections, rounds)
  const { size, deviations } = found
  const axes = Float32Array.from(found.directions, (value, at) => {
    const deviation = deviations[Math.floor(at / width)] ?? 0
    return deviation < leastDeviation ? 0 : value / Math.sqrt(deviation)
  })
  const means = Float32Array.from(found.means)
  return { size, row: (features) => toUnitLength(along(axes, means, roots(features), size)) }
}

/** What is below it is rounding: no direction of the rows. */
const leastDeviation = 1e-6

function along(axes: Float32Array, means: Float32Array, values: Float32Array, size: number): Float32Array {
  const width = values.length
  for (let x = 0; x < width; x++) values[x] = (values[x] ?? 0) - (means[x] ?? 0)
  const row = new Float32Array(size)
  for (let at = 0; at < size; at++) {
    let sum = 0
    const offset = at * width
    for (let x = 0; x < width; x++) sum += (axes[offset + x] ?? 0) * (values[x] ?? 0)
    row[at] = sum
  }
  return row
}

/** They tame the few large features. */
function roots(features: Float32Array): Float32Array {
  return features.map((value) => Math.sqrt(Math.max(0, value)))
}

function toUnitLength(row: Float32Array): Float32Array {
  let squares = 0
  for (const value of row) squares += value * value
  return squares === 0 ? row : row.map((value) => value / Math.sqrt(squares))
}
