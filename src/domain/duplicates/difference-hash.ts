/**
 * The 64-bit difference hash of an image: of each pixel of its 9 × 8 grey thumbnail but the last of a row, whether it is brighter than the one at its
 * right. It hardly changes with size, light and compression. Pure.
 */

export const hashGridWidth = 9
export const hashGridHeight = 8
/** Of 16 bits each: two rows a word. */
export const hashWords = 4

/** `grey`: [8, 9], row by row. Four words. */
export function differenceHash(grey: ArrayLike<number>): Uint16Array {
  return hashBy(grey, (row, column) => row * hashGridWidth + column, 1)
}

/** Of the same image seen in a mirror. */
export function mirroredHash(grey: ArrayLike<number>): Uint16Array {
  return hashBy(grey, (row, column) => (row + 1) * hashGridWidth - 1 - column, -1)
}

function hashBy(
  grey: ArrayLike<number>,
  at: (row: number, column: number) => number,
  step: 1 | -1,
): Uint16Array {
  const words = new Uint16Array(hashWords)
  for (let row = 0; row < hashGridHeight; row++) {
    for (let column = 0; column < hashGridWidth - 1; column++) {
      const place = at(row, column)
      if ((grey[place] ?? 0) <= (grey[place + step] ?? 0)) continue
      const bit = (row & 1) * 8 + column
      words[row >> 1] = (words[row >> 1] ?? 0) | (1 << bit)
    }
  }
  return words
}
