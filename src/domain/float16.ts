/** IEEE 754 binary16, as its 16 bits. Node 22 has no Float16Array. */

const word = new DataView(new ArrayBuffer(4))
const largest = 65504

/** Rounds to the nearest, ties to even. What is beyond ±65504, infinities included, becomes ±65504; NaN stays NaN. */
export function toFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  word.setFloat32(0, Math.min(Math.max(value, -largest), largest))
  const bits = word.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 112
  if (exponent < -10) return sign
  const mantissa = exponent > 0 ? bits & 0x7fffff : (bits & 0x7fffff) | 0x800000
  const dropped = exponent > 0 ? 13 : 14 - exponent
  const kept = mantissa >>> dropped
  const rest = mantissa & ((1 << dropped) - 1)
  const half = 1 << (dropped - 1)
  const roundUp = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0
  // A carry out of the mantissa belongs in the exponent.
  return sign | ((exponent > 0 ? (exponent << 10) | kept : kept) + roundUp)
}

export function fromFloat16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const exponent = (bits >>> 10) & 0x1f
  const mantissa = bits & 0x3ff
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN
  return sign * (1024 + mantissa) * 2 ** (exponent - 25)
}
