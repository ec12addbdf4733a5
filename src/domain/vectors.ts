/** Vectors of numbers: features, above all. Pure. */

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0
  for (let x = 0; x < one.length; x++) sum += (one[x] ?? 0) * (other[x] ?? 0)
  return sum
}

/** Euclidean. */
export function lengthOf(values: Float32Array): number {
  return Math.sqrt(dot(values, values))
}

/** In [−1, 1]; 0 where either has no length. */
export function cosine(one: Float32Array, other: Float32Array): number {
  return dot(one, other) / (lengthOf(one) * lengthOf(other) || 1)
}
