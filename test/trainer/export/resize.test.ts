/** The reference that the graphs' resizing is held to (in formats.test.ts) is itself held to numbers of PyTorch's antialiased `interpolate`. */
import { describe, expect, it } from 'vitest'
import { referenceResize } from '../../../src/main/trainer/export/reference-resize'

/** Three channels: the value at (row, column) is (row · width + column) · 37 mod 251; its opposite; 7. */
function image(widthPx: number, heightPx: number): Uint8Array {
  const values = Array.from({ length: widthPx * heightPx }, (_, place) => (place * 37) % 251)
  return Uint8Array.from(values.flatMap((value) => [value, 255 - value, 7]))
}

describe('the reference resize', () => {
  it.each([
    // torch 2.15: F.interpolate(x, size=(px, px), mode='bilinear', antialias=True, align_corners=False), float64
    {
      what: 'shrinks',
      size: [7, 5],
      px: 3,
      expected: [
        35.142857, 114.428571, 193.714286, 47.714286, 127, 206.285714, 60.285714, 139.571429, 167.632653,
      ],
    },
    {
      what: 'enlarges',
      size: [2, 3],
      px: 4,
      expected: [
        0, 9.25, 27.75, 37, 46.25, 55.5, 74, 83.25, 101.75, 111, 129.5, 138.75, 148, 157.25, 175.75, 185,
      ],
    },
    {
      what: 'shrinks along one axis and enlarges along the other',
      size: [9, 2],
      px: 4,
      expected: [
        30.657143, 105.585366, 172.04878, 64.542857, 51.157143, 124.554878, 149.695122, 72.492857, 92.157143,
        162.493902, 104.987805, 88.392857, 112.657143, 181.463415, 82.634146, 96.342857,
      ],
    },
  ])('$what as PyTorch does', ({ size: [widthPx = 0, heightPx = 0], px, expected }) => {
    const resized = referenceResize(image(widthPx, heightPx), widthPx, heightPx, px)
    expect(resized).toHaveLength(px * px * 3)
    expected.forEach((value, place) => {
      expect(resized[3 * place]).toBeCloseTo(value, 4)
      expect(resized[3 * place + 1]).toBeCloseTo(255 - value, 4)
      expect(resized[3 * place + 2]).toBeCloseTo(7, 4)
    })
  })

  it('leaves an image of the size as it is', () => {
    expect(referenceResize(image(6, 6), 6, 6, 6)).toEqual(Float32Array.from(image(6, 6)))
  })
})
