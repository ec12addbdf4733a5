import { describe, expect, test } from 'vitest'
import { dctShrink, sharpShrink } from '../../src/main/images/dct-shrink'

const size = (widthPx: number, heightPx: number): { widthPx: number; heightPx: number } => ({
  widthPx,
  heightPx,
})

describe('what is taken from a JPEG’s DCT', () => {
  test.each([
    [4000, 3000, 125, 8],
    [4000, 3000, 126, 4],
    [4000, 3000, 224, 4],
    [4000, 3000, 500, 2],
    [4000, 3000, 501, 1],
    [8660, 5773, 448, 4],
    [500, 375, 384, 1],
    [6000, 500, 224, 1],
  ])(
    'of %i × %i px for %i px is divided by %i: three times the size is left',
    (width, height, px, shrink) => {
      expect(dctShrink(size(width, height), size(px, px))).toBe(shrink)
    },
  )

  test.each([
    // an eighth, for which a ninth must be asked
    [4032, 3024, 112, size(448, 336)],
    [4032, 3024, 113, size(806, 604)],
    // by 8 neither goes; by 4 both
    [4004, 3004, 64, size(800, 600)],
    [4001, 3000, 64, null],
    [600, 400, 40, size(200, 133)],
    [500, 400, 40, size(166, 133)],
    [400, 300, 40, null],
  ])('by sharp of %i × %i px for %i px only where it divides both sizes', (width, height, px, asked) => {
    expect(sharpShrink(size(width, height), size(px, px))).toEqual(asked)
  })
})
