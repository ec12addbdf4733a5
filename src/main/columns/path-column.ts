/** The paths of images in one piece of memory, folded: looked through as a whole, not one by one. */
import { foldCase } from '../../domain/query/fold-case'
import { allBits, firstRows, noBits, setBit, type Bits } from './bits'

export interface PathColumn {
  /** The rows whose path has the pieces in this order; `name`: whose file name is the pieces with anything between them. */
  find(pieces: readonly string[], where: 'anywhere' | 'name'): Bits
  /** The place of each row in the order of the paths; made at the first request. */
  rank(pause: () => Promise<void>): Promise<Uint32Array>
  readonly byteCount: number
}

export interface PathColumnBuilder {
  add(path: string): void
  end(): PathColumn
}

/** No path has this byte, so that nothing is found across two of them. */
const separator = 0

export function pathColumnBuilder(rowCount: number): PathColumnBuilder {
  let bytes = Buffer.allocUnsafe(Math.max(1024, rowCount * 32))
  const starts = new Uint32Array(rowCount + 1)
  let [row, end] = [0, 0]
  return {
    add(path) {
      const folded = foldCase(path)
      // A unit of UTF-16 takes three bytes of UTF-8 at most.
      const most = end + folded.length * 3 + 1
      if (most > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.max(most, Math.ceil(bytes.length * 1.5)))
        bytes.copy(larger, 0, 0, end)
        bytes = larger
      }
      starts[row++] = end
      end += bytes.write(folded, end)
      bytes[end++] = separator
    },
    end() {
      starts[row] = end
      return pathColumn(bytes.subarray(0, end), starts.subarray(0, row + 1), bytes.length + starts.byteLength)
    },
  }
}

function pathColumn(bytes: Buffer, starts: Uint32Array, keptBytes: number): PathColumn {
  const rowCount = starts.length - 1
  let ranks: Promise<Uint32Array> | null = null
  return {
    // With the ranks, which will come.
    byteCount: keptBytes + 4 * rowCount,
    find(texts, where) {
      const pieces = texts.map((text) => Buffer.from(text))
      if (pieces.some((piece) => piece.includes(separator))) return noBits(rowCount)
      return where === 'name' ? findNames(bytes, starts, pieces) : findAnywhere(bytes, starts, pieces)
    },
    rank: (pause) => (ranks ??= rankRows(bytes, starts, pause)),
  }
}

function findAnywhere(bytes: Buffer, starts: Uint32Array, pieces: readonly Buffer[]): Bits {
  const rowCount = starts.length - 1
  const bits = noBits(rowCount)
  const [longest] = [...pieces].sort((a, b) => b.length - a.length)
  if (longest === undefined || longest.length === 0) return allBits(rowCount)
  let row = 0
  for (let at = bytes.indexOf(longest); at >= 0; at = bytes.indexOf(longest, starts[row])) {
    row = rowAt(starts, at, row)
    if (pieces.length === 1 || hasInOrder(bytes, starts[row] ?? 0, (starts[row + 1] ?? 0) - 1, pieces))
      setBit(bits, row)
    row++
    if (row >= rowCount) break
  }
  return bits
}

/** The row that has the byte `at`, from `from` on. */
function rowAt(starts: Uint32Array, at: number, from: number): number {
  let [low, high] = [from, starts.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle
  }
  return low
}

/** A loop over bytes: paths are too short for a call to be worth its while. */
function hasInOrder(bytes: Buffer, from: number, end: number, pieces: readonly Buffer[]): boolean {
  let at = from
  for (const piece of pieces) {
    if (piece.length === 0) continue
    const [first, last] = [piece[0], end - piece.length]
    while (at <= last && !(bytes[at] === first && isAt(bytes, at, piece))) at++
    if (at > last) return false
    at += piece.length
  }
  return true
}

function findNames(bytes: Buffer, starts: Uint32Array, pieces: readonly Buffer[]): Bits {
  const rowCount = starts.length - 1
  const bits = noBits(rowCount)
  const [first, last] = [pieces[0], pieces.at(-1)]
  if (first === undefined || last === undefined) return bits
  const least = pieces.length === 1 ? first.length : first.length + last.length
  const between = pieces.slice(1, -1)
  const slash = 0x2f
  for (let row = 0; row < rowCount; row++) {
    const end = (starts[row + 1] ?? 0) - 1
    const start = starts[row] ?? 0
    let name = end
    while (name > start && bytes[name - 1] !== slash) name--
    if (end - name < least || (pieces.length === 1 && end - name !== least)) continue
    if (!isAt(bytes, name, first) || !isAt(bytes, end - last.length, last)) continue
    if (between.length === 0 || hasInOrder(bytes, name + first.length, end - last.length, between))
      setBit(bits, row)
  }
  return bits
}

function isAt(bytes: Buffer, at: number, piece: Buffer): boolean {
  for (let index = 0; index < piece.length; index++) if (bytes[at + index] !== piece[index]) return false
  return true
}

/** Rows that are merged between two pauses. */
const mergedAtOnce = 8192

/** A merge sort from small pieces up, which costs nothing where the rows are in order already, as an import leaves them within a class. */
async function rankRows(
  bytes: Buffer,
  starts: Uint32Array,
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  const rowCount = starts.length - 1
  let rows: Uint32Array = firstRows(rowCount)
  let other: Uint32Array = new Uint32Array(rowCount)
  let merged = 0
  for (let width = 1; width < rowCount; width *= 2) {
    for (let from = 0; from < rowCount; from += 2 * width) {
      const middle = Math.min(from + width, rowCount)
      const end = Math.min(from + 2 * width, rowCount)
      if (middle >= end || compare(bytes, starts, rows[middle - 1] ?? 0, rows[middle] ?? 0) <= 0) {
        other.set(rows.subarray(from, end), from)
        merged += 1 + ((end - from) >>> 8)
      } else {
        let [left, right] = [from, middle]
        for (let to = from; to < end; to++) {
          const takesLeft =
            right >= end || (left < middle && compare(bytes, starts, rows[left] ?? 0, rows[right] ?? 0) <= 0)
          other[to] = rows[takesLeft ? left++ : right++] ?? 0
          if (++merged >= mergedAtOnce) {
            merged = 0
            await pause()
          }
        }
      }
      if (merged >= mergedAtOnce) {
        merged = 0
        await pause()
      }
    }
    ;[rows, other] = [other, rows]
  }
  for (let place = 0; place < rowCount; place++) other[rows[place] ?? 0] = place
  return other
}

function compare(bytes: Buffer, starts: Uint32Array, a: number, b: number): number {
  let [left, right] = [starts[a] ?? 0, starts[b] ?? 0]
  // The separator is the least byte, so that a path comes before those that begin with it.
  for (;;) {
    const [x = 0, y = 0] = [bytes[left++], bytes[right++]]
    if (x !== y) return x - y
    if (x === separator) return a - b
  }
}
