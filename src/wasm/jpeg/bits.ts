/** The entropy-coded bytes of a scan as bits (ITU-T T.81, F.2.2.5): a 0 behind each 0xff is left out, and a mark ends them. */

/** The next byte, and the end of the file. */
export let at: usize = 0
export let end: usize = 0
/** From its highest bit on; what lies below the first `bitCount` is zero, or the beginning of the byte at `at`. */
export let bits: u64 = 0
/** Negative once more was taken than there is. */
export let bitCount: i32 = 0

export function openBits(from: usize, to: usize): void {
  at = from
  end = to
  bits = 0
  bitCount = 0
}

/** At least 32 bits, where so many come before the mark. */
export function need32(): void {
  if (bitCount < 32) fill()
}

/** Takes up to 32 bits, which `need32` has made ready. */
export function take(count: i32): void {
  bits <<= <u64>count
  bitCount -= count
}

/** The value of up to 16 bits. */
export function takeValue(count: i32): i32 {
  if (count === 0) return 0
  need32()
  const value = <i32>(bits >> (64 - <u64>count))
  take(count)
  return value
}

/** Takes up to 64 bits. */
export function skip(count: i32): void {
  if (count > 32) {
    need32()
    take(32)
    count -= 32
  }
  need32()
  take(count)
}

/** Whether all was taken up to the padding of the last byte, and a mark follows at `at`. */
export function isAtMark(): bool {
  fill()
  return bitCount >= 0 && bitCount < 8 && at + 1 < end && load<u8>(at) === 0xff && load<u8>(at + 1) !== 0
}

/** For a loop that holds both in variables of its own, which is twice as fast. */
export function setBits(window: u64, count: i32): void {
  bits = window
  bitCount = count
}

export function fill(): void {
  if (bitCount < 0) return
  if (at + 8 <= end) {
    const word = bswap<u64>(load<u64>(at))
    const inverse = ~word
    // whether a byte is 0xff: the inverse has a byte of zero
    if (((inverse - 0x0101010101010101) & ~inverse & 0x8080808080808080) === 0) {
      bits |= word >> (<u64>bitCount)
      const taken = (63 - bitCount) >> 3
      at += <usize>taken
      bitCount += taken << 3
      return
    }
  }
  while (bitCount <= 56 && at < end) {
    const byte = load<u8>(at)
    if (byte === 0xff) {
      if (at + 1 >= end || load<u8>(at + 1) !== 0) return
      at++
    }
    at++
    bits |= (<u64>byte) << (56 - <u64>bitCount)
    bitCount += 8
  }
}
