/** Pairs of hashes that differ in few bits, found without comparing each with each. Pure. */
import { hashWords } from './difference-hash'

/** Bits of each 16-bit number. */
const bitCounts = Uint8Array.from({ length: 1 << 16 }, (_, number) => bitCount(number))

/** How many of the 64 bits differ. `hashes`: four words each, one hash after another. */
export function bitDistance(hashes: Uint16Array, one: number, others: Uint16Array, other: number): number {
  let distance = 0
  for (let word = 0; word < hashWords; word++) {
    distance +=
      bitCounts[(hashes[one * hashWords + word] ?? 0) ^ (others[other * hashWords + word] ?? 0)] ?? 0
  }
  return distance
}

/** Hashes by the value of one of their words. */
export interface HashIndex {
  /**
   * Calls `found` with every hash of the index that differs from the one at `place` of `hashes` in at most `mostBits` bits, each once, in no certain
   * order. Two hashes that differ in fewer than 4 (n + 1) bits differ in at most n bits in one of their four words: those words are looked up.
   */
  near(hashes: Uint16Array, place: number, mostBits: number, found: (other: number) => void): void
}

export function indexHashes(hashes: Uint16Array): HashIndex {
  const count = hashes.length / hashWords
  const tables = Array.from({ length: hashWords }, (_, word) => byWord(hashes, word, count))
  const seenAt = new Int32Array(count).fill(-1)
  let turn = 0
  return {
    near(queries, place, mostBits, found) {
      turn++
      const flips = flipsUpTo(Math.floor(mostBits / hashWords))
      tables.forEach(({ starts, places }, word) => {
        const value = queries[place * hashWords + word] ?? 0
        for (const flip of flips) {
          const bucket = value ^ flip
          const end = starts[bucket + 1] ?? 0
          for (let at = starts[bucket] ?? 0; at < end; at++) {
            const other = places[at] ?? 0
            if (seenAt[other] === turn) continue
            seenAt[other] = turn
            if (bitDistance(queries, place, hashes, other) <= mostBits) found(other)
          }
        }
      })
    },
  }
}

/** Counting sort: the hashes whose word is v are `places[starts[v] … starts[v + 1]]`. */
function byWord(
  hashes: Uint16Array,
  word: number,
  count: number,
): { starts: Uint32Array; places: Uint32Array } {
  const starts = new Uint32Array((1 << 16) + 1)
  for (let place = 0; place < count; place++) {
    const value = (hashes[place * hashWords + word] ?? 0) + 1
    starts[value] = (starts[value] ?? 0) + 1
  }
  for (let value = 0; value < 1 << 16; value++)
    starts[value + 1] = (starts[value + 1] ?? 0) + (starts[value] ?? 0)
  const next = starts.slice()
  const places = new Uint32Array(count)
  for (let place = 0; place < count; place++) {
    const value = hashes[place * hashWords + word] ?? 0
    const at = next[value] ?? 0
    places[at] = place
    next[value] = at + 1
  }
  return { starts, places }
}

const flipLists: Uint16Array[] = []

/** All 16-bit numbers with at most so many bits. */
function flipsUpTo(mostBits: number): Uint16Array {
  return (flipLists[mostBits] ??= Uint16Array.from(
    Array.from(bitCounts.keys()).filter((number) => (bitCounts[number] ?? 0) <= mostBits),
  ))
}

function bitCount(number: number): number {
  let count = 0
  for (let rest = number; rest !== 0; rest &= rest - 1) count++
  return count
}
