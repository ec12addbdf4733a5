/** Bitmaps of runs, and damage that would become a blank image. */
import { describe, expect, test } from 'vitest'
import { readBmp } from '../../src/main/images/bmp'

const black = [0, 0, 0, 0]
const orange = [0, 128, 255, 0] // blue, green, red, unused

interface Parts {
  readonly bits: 4 | 8 | 32
  readonly compression: number
  readonly palette?: readonly number[]
  /** Between the header and the pixels, as masks are. */
  readonly masks?: readonly number[]
  readonly data: readonly number[]
}

/** 4 × 2 pixels, the lowest row first. */
function bitmap({ bits, compression, palette = [...black, ...orange], masks = [], data }: Parts): Uint8Array {
  const header = Buffer.alloc(54)
  header.write('BM', 'latin1')
  header.writeUInt32LE(54 + masks.length + palette.length, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(4, 18)
  header.writeInt32LE(2, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(bits, 28)
  header.writeUInt32LE(compression, 30)
  return Buffer.concat([header, Buffer.from([...masks, ...palette, ...data])])
}

/** A row a word, the highest first: "o" is orange, "." black. */
function rowsOf(file: Uint8Array): string {
  const { pixels } = readBmp(file, 100)
  const text = Array.from({ length: 8 }, (_, index) => (pixels[index * 3] === 255 ? 'o' : '.')).join('')
  return `${text.slice(0, 4)} ${text.slice(4)}`
}

const [endOfRow, end] = [
  [0, 0],
  [0, 1],
]

describe('runs', () => {
  test.each<[string, Parts, string]>([
    ['of 8 bits', { bits: 8, compression: 1, data: [3, 1, 1, 0, ...endOfRow, 4, 0, ...end] }, '.... ooo.'],
    [
      'of 8 bits with pixels as they are, an odd number of them',
      { bits: 8, compression: 1, data: [0, 3, 1, 0, 1, 0, 1, 0, ...endOfRow, 4, 1, ...end] },
      'oooo o.o.',
    ],
    ['of 4 bits', { bits: 4, compression: 2, data: [4, 0x10, ...endOfRow, 4, 0x01, ...end] }, '.o.o o.o.'],
    [
      'of 4 bits with pixels as they are',
      { bits: 4, compression: 2, data: [0, 4, 0x11, 0x01, ...endOfRow, 4, 0x00, ...end] },
      '.... oo.o',
    ],
    ['that jump', { bits: 8, compression: 1, data: [0, 2, 2, 1, 2, 1, ...end] }, '..oo ....'],
    ['that jump to nothing more', { bits: 8, compression: 1, data: [4, 1, 0, 2, 0, 0, ...end] }, '.... oooo'],
    [
      'without the mark of their end',
      { bits: 8, compression: 1, data: [4, 1, ...endOfRow, 4, 0] },
      '.... oooo',
    ],
  ])('%s', (_, parts, rows) => {
    expect(rowsOf(bitmap(parts))).toBe(rows)
  })
})

describe('a bitmap is damaged, not one-coloured,', () => {
  test.each<[string, Parts, RegExp]>([
    ['where its runs end at once', { bits: 8, compression: 1, data: end }, /premature end/],
    [
      'where they end before its last row',
      { bits: 8, compression: 1, data: [4, 1, ...end] },
      /premature end/,
    ],
    ['where the file ends before they do', { bits: 8, compression: 1, data: [4, 1, 0] }, /premature end/],
    [
      'where they go on behind its last row',
      { bits: 8, compression: 1, data: [4, 1, ...endOfRow, 4, 1, ...endOfRow, 4, 1, ...end] },
      /leave the image/,
    ],
    [
      'where its palette lacks a colour',
      { bits: 8, compression: 0, data: [0, 1, 2, 0, 0, 0, 0, 0] },
      /lacks a colour/,
    ],
    [
      'where it has no palette',
      { bits: 8, compression: 0, palette: [], data: [3, 3, 3, 3, 3, 3, 3, 3] },
      /lacks a colour/,
    ],
    [
      'where its masks are empty',
      {
        bits: 32,
        compression: 3,
        masks: new Array<number>(12).fill(0),
        palette: [],
        data: new Array<number>(32).fill(90),
      },
      /damaged header/,
    ],
  ])('%s', (_, parts, reason) => {
    expect(() => readBmp(bitmap(parts), 100)).toThrow(reason)
  })
})
