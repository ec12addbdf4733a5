import fc from '../support/properties'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PartDraw } from '../../src/main/images/augment'
import { cropOfSquare } from '../../src/main/images/enlarge'
import { partOfImage, resizePart } from '../../src/main/images/part-of-image'
import { useResizer } from '../../src/main/images/resizer'
import { exactPart, greatestDifference, partCases, pillowImage, pillowParts } from './support/exact-part'
import { noise } from './support/images'

function partOf(image: ReturnType<typeof noise>, cropPx: number, part: PartDraw): Uint8Array {
  const target = new Uint8Array(cropPx * cropPx * 3)
  resizePart(image, cropPx, part, target)
  return target
}

describe('a part brought to the crop’s side', () => {
  it.each(partCases)(
    'of %i × %i px, %o at %i px, is the exact antialiased value, rounded',
    (widthPx, heightPx, box, cropPx) => {
      const image = noise(widthPx, widthPx, heightPx)
      for (const flip of [false, true]) {
        const part = { ...box, flip }
        expect(greatestDifference(partOf(image, cropPx, part), exactPart(image, cropPx, part))).toBeLessThan(
          0.501,
        )
      }
    },
  )

  it('is the exact value for any image and part', () => {
    const side = fc.integer({ min: 1, max: 40 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 1, max: 20 }),
        fc.tuple(share, share, share, share),
        (widthPx, heightPx, cropPx, [across, down, x, y]) => {
          const image = noise(7, widthPx, heightPx)
          const [width, height] = [widthPx * (0.05 + 0.95 * across), heightPx * (0.05 + 0.95 * down)]
          const part = { x: x * (widthPx - width), y: y * (heightPx - height), flip: x < y }
          const draw = { ...part, widthPx: width, heightPx: height }
          const found = partOf(image, cropPx, draw)
          expect(greatestDifference(found, exactPart(image, cropPx, draw))).toBeLessThan(0.501)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is Pillow’s for the same box within 1, which rounds between its passes', () => {
    for (const [part, pillow] of pillowParts)
      expect(greatestDifference(partOf(pillowImage, 3, part), pillow)).toBeLessThanOrEqual(1)
  })

  it('is the plain crop where the part has that side and lies on whole pixels', () => {
    const image = noise(1, 50, 50)
    const whole = { x: 7, y: 11, widthPx: 32, heightPx: 32 }
    for (const flip of [false, true]) {
      const expected = new Uint8Array(32 * 32 * 3)
      cropOfSquare(image, 50, 32, { x: 7, y: 11, flip }, expected, 0)
      expect(partOf(image, 32, { ...whole, flip })).toEqual(expected)
    }
  })

  it('is written to its place alone, by the resizer where there is one', () => {
    const image = noise(1, 30, 20)
    const part = { x: 3.3, y: 0.2, widthPx: 21.7, heightPx: 19, flip: true }
    const bytes = 8 * 8 * 3
    const target = new Uint8Array(3 * bytes).fill(99)
    partOfImage(image, 8, part, target, bytes)
    expect(new Set([...target.slice(0, bytes), ...target.slice(2 * bytes)])).toEqual(new Set([99]))
    expect(target.slice(bytes, 2 * bytes)).toEqual(partOf(image, 8, part))

    onTestFinished(() => useResizer(null))
    const refuse = (): never => expect.fail('a part is not a whole image')
    useResizer({
      name: 'sevens',
      resize: refuse,
      resizeJpeg: refuse,
      resizePart(given, cropPx, draw, place) {
        expect([given, cropPx, draw, place.length]).toEqual([image, 8, part, bytes])
        place.fill(7)
      },
    })
    partOfImage(image, 8, part, target, 2 * bytes)
    expect(new Set(target.slice(2 * bytes))).toEqual(new Set([7]))
    expect(target.slice(bytes, 2 * bytes)).toEqual(partOf(image, 8, part))
  })
})
