/** Numbers for mutations that are the same in each run: below `most`, by xorshift32. */
export function seededRandom(seed: number): (most: number) => number {
  let state = seed | 1
  return (most) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % Math.max(1, most)
  }
}
