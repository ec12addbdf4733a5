/** Sets of rows: a bit a row. */
export type Bits = Uint32Array

export function noBits(rowCount: number): Bits {
  return new Uint32Array(Math.ceil(rowCount / 32))
}

export function allBits(rowCount: number): Bits {
  const bits = noBits(rowCount).fill(0xffffffff)
  const rest = rowCount % 32
  if (rest > 0) bits[bits.length - 1] = 2 ** rest - 1
  return bits
}

/** Each of these changes `into`. */
export function intersect(into: Bits, other: Bits): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] ?? 0) & (other[word] ?? 0)
}

export function unite(into: Bits, other: Bits): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] ?? 0) | (other[word] ?? 0)
}

export function invert(into: Bits, rowCount: number): void {
  for (let word = 0; word < into.length; word++) into[word] = ~(into[word] ?? 0)
  const rest = rowCount % 32
  if (rest > 0) into[into.length - 1] = (into.at(-1) ?? 0) & (2 ** rest - 1)
}

export function setBit(bits: Bits, row: number): void {
  bits[row >>> 5] = (bits[row >>> 5] ?? 0) | (1 << (row & 31))
}

export function hasBit(bits: Bits, row: number): boolean {
  return ((bits[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0
}

/** 0, 1, 2 … */
export function firstRows(rowCount: number): Uint32Array {
  const rows = new Uint32Array(rowCount)
  for (let row = 0; row < rowCount; row++) rows[row] = row
  return rows
}

/** The rows of the set, ascending. */
export function rowsOf(bits: Bits): Uint32Array {
  const rows = new Uint32Array(countBits(bits))
  let at = 0
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word] ?? 0
    while (rest !== 0) {
      const lowest = rest & -rest
      rows[at++] = word * 32 + (31 - Math.clz32(lowest))
      rest ^= lowest
    }
  }
  return rows
}

export function countBits(bits: Bits): number {
  let count = 0
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word] ?? 0
    rest -= (rest >>> 1) & 0x55555555
    rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
    count += (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
  }
  return count
}
