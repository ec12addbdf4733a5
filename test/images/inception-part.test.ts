import fc from '../support/properties'
import { describe, expect, it } from 'vitest'
import { inceptionPart, type PartDraw } from '../../src/main/images/augment'

const mostStretch = 4 / 3
/** Square, usual, 1:3, 3:1, tiny, and all but a line. */
const shapes = [
  [128, 128],
  [640, 480],
  [100, 300],
  [300, 100],
  [3, 2],
  [500, 7],
] as const

function draws(widthPx: number, heightPx: number, leastCropArea: number, count = 4000): PartDraw[] {
  const options = { widthPx, heightPx, leastCropArea, flip: true }
  return Array.from({ length: count }, (_, position) => inceptionPart(3, 9, position, options))
}

/** Every pair of an area and a stretch on a fine grid of which the part fits into the image, as torchvision would keep it. */
function fitting(widthPx: number, heightPx: number, leastCropArea: number) {
  const fine = 400
  const found: { area: number; logStretch: number }[] = []
  for (let i = 0; i < fine; i++) {
    for (let j = 0; j < fine; j++) {
      const area = leastCropArea + (1 - leastCropArea) * ((i + 0.5) / fine)
      const logStretch = Math.log(mostStretch) * (2 * ((j + 0.5) / fine) - 1)
      const pixels = area * widthPx * heightPx
      const fits =
        pixels * Math.exp(logStretch) <= widthPx ** 2 && pixels / Math.exp(logStretch) <= heightPx ** 2
      if (fits) found.push({ area, logStretch })
    }
  }
  return { found, share: found.length / fine ** 2 }
}

/** The greatest distance between two distributions (Kolmogorov and Smirnov). */
function distance(one: readonly number[], other: readonly number[]): number {
  const [left, right] = [[...one].sort((a, b) => a - b), [...other].sort((a, b) => a - b)]
  let [at, most] = [0, 0]
  for (const [index, value] of left.entries()) {
    while (at < right.length && (right[at] ?? 0) <= value) at++
    most = Math.max(most, Math.abs((index + 1) / left.length - at / right.length))
  }
  return most
}

/** Beyond it lie two draws of one distribution once in 10,000 times. */
const mostDistance = (count: number): number => 2.23 / Math.sqrt(count) + 0.01
const uniform = Array.from({ length: 2000 }, (_, index) => (index + 0.5) / 2000)

/** Where no draw fitted. */
function isFallback({ x, y, widthPx, heightPx }: PartDraw, width: number, height: number): boolean {
  const isLargest =
    widthPx === Math.min(width, height * mostStretch) && heightPx === Math.min(height, width * mostStretch)
  return isLargest && x === (width - widthPx) / 2 && y === (height - heightPx) / 2
}

describe('an inception crop', () => {
  it('stays inside, and its area and its sides in the image’s own pixels are what was asked for', () => {
    const side = fc.integer({ min: 1, max: 4000 })
    const least = fc.double({ min: 0.01, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.nat(), fc.nat(4095), side, side, least, (seed, position, widthPx, heightPx, area) => {
        const options = { widthPx, heightPx, leastCropArea: area, flip: true }
        const part = inceptionPart(seed, 7, position, options)
        expect(Math.min(part.x, part.y)).toBeGreaterThanOrEqual(0)
        expect(part.x + part.widthPx).toBeLessThanOrEqual(widthPx * (1 + 1e-12))
        expect(part.y + part.heightPx).toBeLessThanOrEqual(heightPx * (1 + 1e-12))
        const stretch = part.widthPx / part.heightPx
        expect(Math.max(stretch, 1 / stretch)).toBeLessThanOrEqual(mostStretch + 1e-9)
        const share = (part.widthPx * part.heightPx) / (widthPx * heightPx)
        if (!isFallback(part, widthPx, heightPx)) expect(share).toBeGreaterThanOrEqual(area - 1e-9)
        expect(share).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })

  it.each(shapes)('of %i × %i px has areas, shapes and places evenly over all that fit', (width, height) => {
    for (const least of [0.05, 0.25]) {
      const { found, share } = fitting(width, height, least)
      const parts = draws(width, height, least)
      const drawn = parts.filter((part) => !isFallback(part, width, height))
      const sure = mostDistance(drawn.length)
      // ten draws, none of which fits
      const fallbacks = (parts.length - drawn.length) / parts.length
      expect(Math.abs(fallbacks - (1 - share) ** 10)).toBeLessThan(0.04)
      if (drawn.length < 200) continue
      const areas = drawn.map((part) => (part.widthPx * part.heightPx) / (width * height))
      const stretches = drawn.map((part) => Math.log(part.widthPx / part.heightPx))
      expect(
        distance(
          areas,
          found.map(({ area }) => area),
        ),
      ).toBeLessThan(sure)
      expect(
        distance(
          stretches,
          found.map(({ logStretch }) => logStretch),
        ),
      ).toBeLessThan(sure)
      const across = drawn.map((part) => part.x / (width - part.widthPx))
      const down = drawn.map((part) => part.y / (height - part.heightPx))
      expect(distance(across, uniform)).toBeLessThan(sure)
      expect(distance(down, uniform)).toBeLessThan(sure)
    }
  })

  it.each(shapes.slice(0, 5))(
    'of %i × %i px reaches each edge, and all of a usual shape',
    (width, height) => {
      const parts = draws(width, height, 0.05)
      const near = 0.02
      expect(Math.min(...parts.map(({ x }) => x))).toBeLessThan(near * width)
      expect(Math.min(...parts.map(({ y }) => y))).toBeLessThan(near * height)
      expect(Math.max(...parts.map(({ x, widthPx }) => x + widthPx))).toBeGreaterThan((1 - near) * width)
      expect(Math.max(...parts.map(({ y, heightPx }) => y + heightPx))).toBeGreaterThan((1 - near) * height)
      const most = Math.max(...parts.map(({ widthPx, heightPx }) => widthPx * heightPx)) / (width * height)
      // of 1:3 no part has more than 4/9 of the area
      const mostPossible = Math.min(1, (mostStretch * Math.min(width, height)) / Math.max(width, height))
      expect(most).toBeGreaterThan(0.96 * mostPossible)
    },
  )

  it('where none fits is the largest in the middle that keeps to 3:4 to 4:3, as torchvision’s', () => {
    const of = (widthPx: number, heightPx: number, leastCropArea: number): PartDraw =>
      inceptionPart(1, 2, 3, { widthPx, heightPx, leastCropArea, flip: false })
    expect(of(1000, 90, 0.25)).toEqual({ x: 440, y: 0, widthPx: 120, heightPx: 90, flip: false })
    expect(of(90, 1000, 0.25)).toEqual({ x: 0, y: 440, widthPx: 90, heightPx: 120, flip: false })
    expect(of(64, 64, 1)).toEqual({ x: 0, y: 0, widthPx: 64, heightPx: 64, flip: false })
    expect(of(72, 64, 1)).toEqual({ x: 0, y: 0, widthPx: 72, heightPx: 64, flip: false })
  })

  it('is mirrored half of the time, and the same otherwise without the flip', () => {
    const options = { widthPx: 300, heightPx: 200, leastCropArea: 0.25 }
    const parts = draws(300, 200, 0.25)
    expect(Math.abs(parts.filter(({ flip }) => flip).length - 2000)).toBeLessThan(160)
    for (const position of [5, 6, 7, 8]) {
      const unflipped = inceptionPart(3, 9, position, { ...options, flip: false })
      expect(unflipped).toEqual({ ...parts[position], flip: false })
    }
  })

  it('depends on the seed, the step and the position, and on nothing else', () => {
    const options = { widthPx: 300, heightPx: 200, leastCropArea: 0.25, flip: true }
    const drawn = (...[seed, step, position]: [number, number, number]): PartDraw =>
      inceptionPart(seed, step, position, options)
    expect(drawn(1, 2, 3)).toEqual(drawn(1, 2, 3))
    for (const other of [drawn(2, 2, 3), drawn(1, 3, 3), drawn(1, 2, 4)])
      expect(other).not.toEqual(drawn(1, 2, 3))
  })
})
