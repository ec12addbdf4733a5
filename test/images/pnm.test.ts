/** Netpbm's six kinds. */
import { describe, expect, test } from 'vitest'
import { imageFormat } from '../../src/main/images/image-format'
import { imageHeader } from '../../src/main/images/open-image'
import { readPnm } from '../../src/main/images/pnm'

function pnm(header: string, data: readonly number[] = []): Uint8Array {
  return Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(data)])
}

describe('is read', () => {
  test.each<[string, Uint8Array, readonly number[]]>([
    ['P1, whose bits need no space between them', pnm('P1\n3 2\n101\n0 1 0\n'), [0, 255, 0, 255, 0, 255]],
    ['P2 of 15 levels', pnm('P2 3 1 15\n0 5 15\n'), [0, 85, 255]],
    ['P3', pnm('P3\n1 2\n255\n1 2 3\n4 5 6'), [1, 2, 3, 4, 5, 6]],
    ['P4, with rows of whole bytes', pnm('P4\n3 2\n', [0b10100000, 0b01011111]), [0, 255, 0, 255, 0, 255]],
    ['P5', pnm('P5\n2 1\n255\n', [7, 200]), [7, 200]],
    ['P5 of 16 bits', pnm('P5 2 1 65535\n', [0x80, 0x80, 0xff, 0xff]), [128, 255]],
    ['P5 of 10 bits', pnm('P5 2 1 1023\n', [0x03, 0xff, 0, 0]), [255, 0]],
    ['P6', pnm('P6\n1 2\n255\n', [1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]],
    ['P6 with comments', pnm('P6 # made by hand\n1 # wide\n1\n255\n', [9, 10, 35]), [9, 10, 35]],
    ['P6 whose first sample looks like white space', pnm('P6\n1 1\n255\n', [10, 32, 9]), [10, 32, 9]],
    ['the first of two', pnm('P5 1 1 255\n', [5, 0x50, 0x35]), [5]],
  ])('%s', (_, file, pixels) => {
    expect(imageFormat(file)).toBe('pnm')
    expect([...readPnm(file, 100).pixels]).toEqual(pixels)
  })

  test('the header alone, with its bits', async () => {
    const expected = { widthPx: 3, heightPx: 2, orientation: 1, hasAlpha: false }
    expect(await imageHeader(pnm('P4 3 2\n'))).toMatchObject({
      ...expected,
      bitsPerSample: 1,
      colourSpace: 'b-w',
    })
    expect(await imageHeader(pnm('P6 3 2 1023\n'))).toMatchObject({
      ...expected,
      bitsPerSample: 16,
      colourSpace: 'srgb',
    })
  })
})

describe('is refused', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['where samples are missing', pnm('P6 2 1 255\n', [1, 2, 3, 4, 5]), /premature end/],
    ['where numbers are missing', pnm('P2 2 1 255\n1'), /premature end/],
    [
      'where few bytes announce many samples',
      pnm('P3 9999 9999 255\n1 2 3'),
      /more than|megapixels|premature end/,
    ],
    ['where a sample is above the maximum', pnm('P2 1 1 15\n16\n'), /above the maximum/],
    ['where a bit is neither 0 nor 1', pnm('P1 1 1\n2\n'), /neither 0 nor 1/],
    ['where the maximum is 0', pnm('P5 1 1 0\n', [0]), /damaged header/],
    [
      'where it has more pixels than may be decoded',
      pnm('P5 20 20 255\n', new Array<number>(400).fill(0)),
      /megapixels/,
    ],
  ])('%s', (_, file, reason) => {
    expect(() => readPnm(file, 100)).toThrow(reason)
  })

  test('text that begins like one is no image', () => {
    for (const text of ['P3 was our best', 'P6x', 'P5', 'P8 1 1 255\n'])
      expect(imageFormat(pnm(text))).toBeNull()
  })
})
