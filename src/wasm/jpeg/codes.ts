/** Huffman codes (ITU-T T.81, annex C): what a code means, looked up by its first bits. */
import { bitCount, bits, need32, take } from './bits'

/** Longer codes are rare, and found length by length. */
const lookBits: i32 = 9
const lookCount: i32 = 1 << lookBits
const longest: i32 = 16
/** 0 to 3 for DC, 4 to 7 for AC. */
const tableCount: i32 = 8

/** How far the end of a block is: behind its 64 coefficients, and to be told from one more of them. */
export const toEnd: i32 = 128
/** No code; no block is so long. */
export const noCode: u32 = 0xffffffff

// u32 a code, 0 for a longer one: its length (8 bits), symbol (8), length with the value behind it (8), and coefficients that it goes on by (8).
const looks = memory.data(tableCount * lookCount * 4)
const symbols = memory.data(tableCount * 256)
/** By length: the first code that is longer, left-aligned to 16 bits (0: there is none of this length), and its symbol's place less the code. */
const limits = memory.data(tableCount * (longest + 1) * 4)
const places = memory.data(tableCount * (longest + 1) * 4)
const isThere = memory.data(tableCount)

export function forgetTables(): void {
  memory.fill(isThere, 0, tableCount)
}

export function hasTable(table: i32): bool {
  return load<u8>(isThere + table) === 1
}

/** Of the 16 counts at `at` and the symbols behind them. False where they are no code, as libjpeg has it. */
export function defineTable(table: i32, at: usize, symbolCount: i32): bool {
  const look = looks + <usize>table * <usize>lookCount * 4
  memory.fill(look, 0, lookCount * 4)
  memory.copy(symbols + table * 256, at + 16, symbolCount)
  let code = 0
  let place = 0
  for (let length = 1; length <= longest; length++) {
    const count = <i32>load<u8>(at + length - 1)
    const row = (table * (longest + 1) + length) * 4
    store<i32>(places + row, place - code)
    for (let i = 0; i < count; i++, code++, place++) {
      const entry = entryOf(table, length, load<u8>(at + 16 + place))
      if (table < 4 && load<u8>(at + 16 + place) > 15) return false
      if (code >= 1 << length) return false
      if (length > lookBits) continue
      const first = code << (lookBits - length)
      for (let each = 0; each < 1 << (lookBits - length); each++) store<u32>(look + (first + each) * 4, entry)
    }
    // no code is all ones
    if (count > 0 && code >= 1 << length) return false
    store<i32>(limits + row, count === 0 ? 0 : code << (longest - length))
    code <<= 1
  }
  store<u8>(isThere + table, 1)
  return true
}

function entryOf(table: i32, length: i32, symbol: i32): u32 {
  const run = symbol >> 4
  const size = symbol & 15
  const goesOnBy = table >= 4 && size === 0 && run !== 15 ? toEnd : run + 1
  return length | (symbol << 8) | ((length + size) << 16) | (goesOnBy << 24)
}

/** Whether nothing but what there is was taken. */
export function isWithin(): bool {
  return bitCount >= 0
}

/** The entry of the code at the beginning of `window`; or `noCode`. */
export function codeIn(window: u64, table: i32): u32 {
  const entry = load<u32>(looks + (((<usize>table) << lookBits) + <usize>(window >> (64 - lookBits))) * 4)
  return entry !== 0 ? entry : longCode(window, table)
}

function longCode(window: u64, table: i32): u32 {
  const code = <i32>(window >> 48)
  for (let length = lookBits + 1; length <= longest; length++) {
    const row = (table * (longest + 1) + length) * 4
    if (code >= load<i32>(limits + row)) continue
    const place = load<i32>(places + row) + (code >> (longest - length))
    return entryOf(table, length, load<u8>(symbols + table * 256 + place))
  }
  return noCode
}

/** The symbol of the next code, which is taken; or -1. */
export function takeSymbol(table: i32): i32 {
  need32()
  const entry = codeIn(bits, table)
  if (entry === noCode) return -1
  take(entry & 255)
  return (entry >> 8) & 255
}
