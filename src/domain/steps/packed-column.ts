/**
 * A column of numbers in as few bytes as give back each of them bit for bit. The smallest of these ways that does:
 *
 * 0 ramp: the first value and what each next one adds. 1 table: up to 256 values, and a byte each that names one. 2, 3 whole: distances from the
 * least value in a unit, u16 or u32. 4 float32. 5 float64.
 *
 * Header, 8 bytes: way u8, unit u8, size of the table u16, bytes of the body u32. The body is padded to 8 bytes. Little-endian, like every machine
 * that the workbench runs on.
 */

/** What a whole number counts: ones, thousandths, pages of memory. Exact, since a division is rounded correctly and a product by 4096 not at all. */
const units = [
  { of: (whole: number) => whole, wholes: (value: number) => value },
  { of: (whole: number) => whole / 1000, wholes: (value: number) => Math.round(value * 1000) },
  { of: (whole: number) => whole * 4096, wholes: (value: number) => value / 4096 },
] as const

const headerBytes = 8
const tableLimit = 256

interface Body {
  readonly way: number
  readonly unit?: number
  readonly tableSize?: number
  readonly bytes: Uint8Array
}

/** Header and body. The values may be NaN, which stands for none. */
export function packColumn(values: Float64Array): Uint8Array {
  const body = asRamp(values) ?? asTable(values) ?? asWhole(values) ?? asFloats(values)
  const packed = new Uint8Array(headerBytes + padded(body.bytes.length))
  const header = new DataView(packed.buffer)
  header.setUint8(0, body.way)
  header.setUint8(1, body.unit ?? 0)
  header.setUint16(2, body.tableSize ?? 0, true)
  header.setUint32(4, body.bytes.length, true)
  packed.set(body.bytes, headerBytes)
  return packed
}

/**
 * Writes the `count` values of the column that begins at `start` of `bytes` to `target` from `offset` on; says where the next column begins.
 * `bytes.byteOffset` and `start` are multiples of 8. Throws RangeError where this is no column.
 */
export function unpackColumn(
  bytes: Uint8Array,
  start: number,
  count: number,
  target: Float64Array,
  offset: number,
): number {
  const header = new DataView(bytes.buffer, bytes.byteOffset + start, headerBytes)
  const way = header.getUint8(0)
  const unit = units[header.getUint8(1)]
  const tableSize = header.getUint16(2, true)
  const length = header.getUint32(4, true)
  const at = bytes.byteOffset + start + headerBytes
  const end = start + headerBytes + padded(length)
  if (end > bytes.length || unit === undefined || length !== bodyLength(way, tableSize, count))
    throw new RangeError('These bytes are not a column that this workbench can read.')
  if (way === 0) {
    const [first = 0, step = 0] = new Float64Array(bytes.buffer, at, 2)
    for (let row = 0; row < count; row++) target[offset + row] = first + row * step
  } else if (way === 1) {
    const table = new Float64Array(bytes.buffer, at, tableSize)
    const places = new Uint8Array(bytes.buffer, at + 8 * tableSize, count)
    for (let row = 0; row < count; row++) target[offset + row] = table[places[row] ?? 0] ?? Number.NaN
  } else if (way <= 3) {
    const [least = 0] = new Float64Array(bytes.buffer, at, 1)
    const wholes =
      way === 2 ? new Uint16Array(bytes.buffer, at + 8, count) : new Uint32Array(bytes.buffer, at + 8, count)
    for (let row = 0; row < count; row++) target[offset + row] = unit.of(least + (wholes[row] ?? 0))
  } else {
    target.set(
      way === 4 ? new Float32Array(bytes.buffer, at, count) : new Float64Array(bytes.buffer, at, count),
      offset,
    )
  }
  return end
}

function bodyLength(way: number, tableSize: number, count: number): number {
  const lengths = [16, 8 * tableSize + count, 8 + 2 * count, 8 + 4 * count, 4 * count, 8 * count]
  return lengths[way] ?? -1
}

function asRamp(values: Float64Array): Body | null {
  const first = values[0] ?? 0
  const step = values.length < 2 || Number.isNaN(first) ? 0 : (values[1] ?? first) - first
  for (let row = 0; row < values.length; row++) if (!Object.is(values[row], first + row * step)) return null
  return { way: 0, bytes: bytesOf(Float64Array.of(first, step)) }
}

function asTable(values: Float64Array): Body | null {
  const places = new Map<number, number>()
  const bytes = new Uint8Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0
    // a map takes −0 for 0
    if (Object.is(value, -0)) return null
    let place = places.get(value)
    if (place === undefined) {
      if (places.size === tableLimit) return null
      places.set(value, (place = places.size))
    }
    bytes[row] = place
  }
  // not where the table is larger than what it saves
  if (8 * places.size + values.length > 4 * values.length) return null
  return { way: 1, tableSize: places.size, bytes: joined(Float64Array.from(places.keys()), bytes) }
}

function asWhole(values: Float64Array): Body | null {
  const bodies = units.flatMap((_, unit) => wholesOf(values, unit) ?? [])
  return bodies.find(({ way }) => way === 2) ?? bodies[0] ?? null
}

/** null where one of the values is not as many of the unit, exactly. */
function wholesOf(values: Float64Array, unit: number): Body | null {
  const { of, wholes } = units[unit] ?? units[0]
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    const whole = wholes(value)
    // −0 and a distance would be 0
    if (!Number.isSafeInteger(whole) || Object.is(value, -0) || of(whole) !== value) return null
    if (whole < least) least = whole
    if (whole > most) most = whole
  }
  if (most - least > 0xffffffff) return null
  const isNarrow = most - least <= 0xffff
  const distances = isNarrow ? new Uint16Array(values.length) : new Uint32Array(values.length)
  for (let row = 0; row < values.length; row++) distances[row] = wholes(values[row] ?? 0) - least
  return { way: isNarrow ? 2 : 3, unit, bytes: joined(Float64Array.of(least), distances) }
}

function asFloats(values: Float64Array): Body {
  const halves = Float32Array.from(values)
  return values.every((value, row) => Object.is(halves[row], value))
    ? { way: 4, bytes: bytesOf(halves) }
    : { way: 5, bytes: bytesOf(values) }
}

type Numbers = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array

function bytesOf(values: Numbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function joined(head: Numbers, tail: Numbers): Uint8Array {
  const bytes = new Uint8Array(head.byteLength + tail.byteLength)
  bytes.set(bytesOf(head))
  bytes.set(bytesOf(tail), head.byteLength)
  return bytes
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}
