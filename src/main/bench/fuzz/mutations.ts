/** What a damaged disk, a cut connection or an enemy makes of a file; every choice comes from `next`. */

type Next = () => number

/** No mutated file is larger: what grows beyond it tells no more. */
const mostBytes = 8e6

/** One to four changes, one after the other. */
export function mutated(whole: Buffer, next: Next): Buffer {
  let bytes = whole
  const count = 1 + below(next, 4)
  for (let turn = 0; turn < count; turn++) bytes = changed(bytes, whole, next)
  return bytes.subarray(0, mostBytes)
}

function changed(bytes: Buffer, whole: Buffer, next: Next): Buffer {
  const change = pick(changes, next)
  return bytes.length === 0 ? insertText(bytes, whole, next) : change(bytes, whole, next)
}

const changes: readonly ((bytes: Buffer, whole: Buffer, next: Next) => Buffer)[] = [
  flipBits,
  setBytes,
  writeNumber,
  writeNumber,
  cutOff,
  leaveOut,
  splice,
  repeat,
  replaceDigits,
  replaceDigits,
  insertText,
]

function flipBits(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  const result = Buffer.from(bytes)
  for (let count = 1 + below(next, 8); count > 0; count--) {
    const at = place(result, next)
    result.writeUInt8(result.readUInt8(at) ^ (1 << below(next, 8)), at)
  }
  return result
}

function setBytes(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  const result = Buffer.from(bytes)
  const at = place(result, next)
  const value = pick([0, 0xff, 0x20, 0x0a, 0x7f, 0x80, below(next, 256)], next)
  return result.fill(value, at, Math.min(result.length, at + 1 + below(next, 64)))
}

/** Lengths, counts and offsets at the edges of their types. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]

function writeNumber(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  const result = Buffer.from(bytes)
  const width = Math.min(pick([1, 2, 4, 8], next), result.length)
  const at = Math.min(place(result, next), result.length - width)
  const value = BigInt(pick([...edges, result.length, result.length - 1, below(next, 2 ** 32)], next))
  const upper = next() < 0.3 ? 0xffffffffn : next() < 0.1 ? 1n : 0n
  const isBigEndian = next() < 0.5
  for (let index = 0, rest = (upper << 32n) | value; index < width; index++, rest >>= 8n)
    result.writeUInt8(Number(rest & 0xffn), isBigEndian ? at + width - 1 - index : at + index)
  return result
}

function cutOff(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  return bytes.subarray(0, place(bytes, next))
}

function leaveOut(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  const at = place(bytes, next)
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(next, 300))])
}

/** A part of the file, over another or between. */
function splice(bytes: Buffer, whole: Buffer, next: Next): Buffer {
  const from = place(whole, next)
  const part = whole.subarray(from, from + 1 + below(next, 400))
  const at = place(bytes, next)
  const behind = next() < 0.5 ? at : at + part.length
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(behind)])
}

function repeat(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  const at = place(bytes, next)
  const end = Math.min(bytes.length, at + 1 + below(next, pick([8, 80, 800], next)))
  const count = Math.min(pick([1, 2, 10, 1000, 20_000], next), Math.ceil(mostBytes / 4 / (end - at)))
  const part = bytes.subarray(at, end)
  return Buffer.concat([
    bytes.subarray(0, end),
    ...Array.from({ length: count }, () => part),
    bytes.subarray(end),
  ])
}

const numbers = [
  ...['-1', '0', '1', '-0', '0.5', '1e308', '1e999', '-1e308', '1e-400', 'NaN', 'Infinity', 'null', '""'],
  ...['255', '65536', '2147483648', '4294967295', '4294967296', '9007199254740993'],
  ...['99999999999999999999', '9'.repeat(400), '0x7fffffff', '1_000', '٣', '{}', '[]', 'true'],
]

/** A number that is written as text. */
function replaceDigits(bytes: Buffer, whole: Buffer, next: Next): Buffer {
  const from = place(bytes, next)
  const isDigit = (at: number): boolean => (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39
  let start = from
  while (start < bytes.length && !isDigit(start)) start++
  if (start === bytes.length) return insertText(bytes, whole, next)
  let end = start
  while (end < bytes.length && isDigit(end)) end++
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(pick(numbers, next)), bytes.subarray(end)])
}

const texts: readonly (string | Buffer)[] = [
  ...['\0', '\n', '\r', '\r\n\r\n', '"', "'", ',', '\t', ';', '%', '\\', '\ufeff', '\u202e', '#', '&', '*a'],
  ...['__proto__', 'constructor', 'toString', '../../../../etc/passwd', '/dev/zero', 'C:\\CON', '.', '..'],
  ...['{"__proto__":{"a":1}}', '<!DOCTYPE a [<!ENTITY b "c">]>', '&b;', '<![CDATA[', '<!--', '-->', ']]>'],
  ...['&a [*a, *a]', '<<: *a', '!!js/function', '---\n', 'is:any ', 'not ', 'sort:', '" or "', '..', '~'],
  ...['x'.repeat(100_000), '['.repeat(50_000), '{"a":'.repeat(50_000), '<a>'.repeat(50_000)],
  ...['('.repeat(50_000), '- '.repeat(50_000), '"'.repeat(50_001), ' '.repeat(200_000), '\n'.repeat(200_000)],
  ...['not '.repeat(30_000), ','.repeat(200_000), '{a: '.repeat(20_000), '&amp;'.repeat(20_000)],
  ...[
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xc0, 0x80]),
    Buffer.alloc(70_000),
  ],
]

function insertText(bytes: Buffer, _whole: Buffer, next: Next): Buffer {
  const at = bytes.length === 0 ? 0 : place(bytes, next)
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(texts, next)), bytes.subarray(at)])
}

/** More often near the beginning and the end, where lengths and offsets are. */
function place(bytes: Buffer, next: Next): number {
  const near = Math.min(bytes.length, 512)
  const where = next()
  if (where < 0.4) return below(next, near)
  if (where < 0.6) return bytes.length - 1 - below(next, near)
  return below(next, bytes.length)
}

function below(next: Next, count: number): number {
  return Math.floor(next() * count)
}

function pick<T>(list: readonly T[], next: Next): T {
  return list[below(next, list.length)] as T
}
