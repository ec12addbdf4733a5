/** For models whose layers mix examples (BatchNorm): what is missing must not be in the batch at all, since a weight comes after the layers. */

/** The rows whose weight is not 0, together; `data` itself where all are. [count,width] */
export function presentRows<Row extends Uint8Array | Float32Array>(data: Row, weights: Uint8Array): Row {
  const count = weights.length
  const width = data.length / count
  if (weights.every((weight) => weight !== 0)) return data
  const kept = data.slice() as Row
  let to = 0
  for (let row = 0; row < count; row += 1) {
    if (weights[row] === 0) continue
    if (to !== row) kept.copyWithin(to * width, row * width, (row + 1) * width)
    to += 1
  }
  return kept.subarray(0, to * width) as Row
}
