import { onTestFinished, describe, expect, it } from 'vitest'
import type { PartDraw } from '../../../../src/main/images/augment'
import { decodeKept, decodeImage } from '../../../../src/main/images/decode'
import type { Image } from '../../../../src/main/images/enlarge'
import { decoderVersion } from '../../../../src/main/images/image-library'
import { shapedWithin } from '../../../../src/main/images/kept-size'
import { resizePart } from '../../../../src/main/images/part-of-image'
import { useResizer } from '../../../../src/main/images/resizer'
import { loadGraphAddon } from '../../../../src/main/trainer/engines/tensorflow/graph-addon'
import { nativeResizer } from '../../../../src/main/trainer/engines/tensorflow/native-resizer'
import { readSetupRecord } from '../../../../src/main/engine/setup-record'
import { exactPart, partCases, pillowImage, pillowParts } from '../../../images/support/exact-part'
import { noise } from '../../../images/support/images'
import { photoLike } from '../../../images/support/parity'

const addon = loadGraphAddon(readSetupRecord(process.env)?.graphAddon ?? '')
const resizer = nativeResizer({ addon, instructionSet: addon.start(1) })

/** The shares that the places of an axis have in each new one. */
function shares(size: number, newSize: number): number[][] {
  const scale = size / newSize
  return Array.from({ length: newSize }, (_, place) => {
    const triangle = Array.from({ length: size }, (__, from) =>
      Math.max(0, 1 - Math.abs((from + 0.5) / scale - (place + 0.5))),
    )
    const sum = triangle.reduce((total, share) => total + share, 0)
    return triangle.map((share) => share / sum)
  })
}

/** In float64, not rounded. */
function exact({ pixels, widthPx, heightPx }: Image, newWidthPx: number, newHeightPx: number): number[] {
  const columns = shares(widthPx, newWidthPx)
  return shares(heightPx, newHeightPx).flatMap((rowShares) => {
    const row = Array.from({ length: widthPx * 3 }, (_, at) =>
      rowShares.reduce((sum, share, y) => sum + share * (pixels[y * widthPx * 3 + at] ?? NaN), 0),
    )
    return columns.flatMap((columnShares) =>
      [0, 1, 2].map((channel) =>
        columnShares.reduce((sum, share, x) => sum + share * (row[x * 3 + channel] ?? NaN), 0),
      ),
    )
  })
}

function greatestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  expect(one.length).toBe(other.length)
  return Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))), 0)
}

describe("the addon's resize", () => {
  it.each([
    [64, 50, 45, 45],
    [63, 47, 31, 46],
    [17, 11, 16, 3],
    [1, 1, 1, 1],
    [29, 23, 29, 23],
    [40, 30, 40, 13],
    [40, 30, 11, 30],
    [1, 37, 1, 5],
    [37, 1, 5, 1],
    [5, 3, 2, 1],
    [1000, 7, 1, 2],
    [6, 900, 5, 1],
  ])('%i × %i to %i × %i is the exact value, rounded', async (widthPx, heightPx, newWidthPx, newHeightPx) => {
    const image = noise(widthPx, widthPx, heightPx)
    const resized = await resizer.resize(image, newWidthPx, newHeightPx)
    expect([resized.widthPx, resized.heightPx]).toEqual([newWidthPx, newHeightPx])
    expect(greatestDifference(resized.pixels, exact(image, newWidthPx, newHeightPx))).toBeLessThan(0.501)
  })

  it('is the same as Pillow 12 within 1, which rounds between its passes', async () => {
    const pixels = Uint8Array.from({ length: 7 * 5 * 3 }, (_, at) => {
      const [x, y, channel] = [Math.floor(at / 3) % 7, Math.floor(at / 21), at % 3]
      return x * 37 + y * 61 + channel * 83
    })
    const pillow = [
      [45, 128, 159, 103, 186, 118, 171, 146, 81, 172, 63, 139],
      [138, 160, 81, 153, 111, 109, 108, 110, 166, 96, 152, 181],
      [162, 64, 147, 61, 122, 164, 107, 161, 105, 165, 108, 80],
    ].flat()
    const resized = await resizer.resize({ pixels, widthPx: 7, heightPx: 5 }, 4, 3)
    expect(greatestDifference(resized.pixels, pillow)).toBeLessThanOrEqual(1)
  })

  it('works on many images side by side', async () => {
    const images = Array.from({ length: 40 }, (_, seed) => noise(seed, 50 + seed, 90 - seed))
    const alone: Image[] = []
    for (const image of images) alone.push(await resizer.resize(image, 33, 35))
    expect(await Promise.all(images.map((image) => resizer.resize(image, 33, 35)))).toEqual(alone)
  })

  it.each([
    [4, 3, 5, 3],
    [4, 3, 4, 4],
    [4, 3, 0, 3],
    [4, 3, 4, -1],
    [4, 3, 2.5, 3],
    [4, 3, NaN, 3],
    [4, 4, 2, 2],
    [3, 3, 2, 2],
    [0, 3, 0, 3],
    [2 ** 40, 3, 2, 2],
  ])('refuses %d × %d to %d × %d of 4 × 3 pixels', async (widthPx, heightPx, newWidthPx, newHeightPx) => {
    const { pixels } = noise(1, 4, 3)
    await expect(resizer.resize({ pixels, widthPx, heightPx }, newWidthPx, newHeightPx)).rejects.toThrow(
      /^resize: /,
    )
  })

  it.each([
    [4, 5, '5, not a whole number from 1 to 4'],
    [4, 2.5, '2.5, not a whole number from 1 to 4'],
    [2 ** 40, 2, '1099511627776, not a whole number from 1 to 1073741824'],
  ])('says why it refuses %d px to %d px, numbers as they are', async (widthPx, newWidthPx, why) => {
    const image = { ...noise(1, 4, 3), widthPx }
    await expect(resizer.resize(image, newWidthPx, 3)).rejects.toThrow(`resize: a size is ${why}`)
  })
})

describe("the addon's resize of a part", () => {
  const partOf = (image: Image, cropPx: number, part: PartDraw): Uint8Array => {
    const target = new Uint8Array(cropPx * cropPx * 3)
    resizer.resizePart(image, cropPx, part, target)
    return target
  }

  it.each(partCases)(
    'of %i × %i px, %o at %i px, is the exact antialiased value, rounded, and JavaScript’s within 1',
    (widthPx, heightPx, box, cropPx) => {
      const image = noise(widthPx, widthPx, heightPx)
      for (const flip of [false, true]) {
        const part = { ...box, flip }
        const found = partOf(image, cropPx, part)
        expect(greatestDifference(found, exactPart(image, cropPx, part))).toBeLessThan(0.501)
        const portable = new Uint8Array(found.length)
        resizePart(image, cropPx, part, portable)
        expect(greatestDifference(found, portable)).toBeLessThanOrEqual(1)
      }
    },
  )

  it('is Pillow’s for the same box within 1', () => {
    for (const [part, pillow] of pillowParts)
      expect(greatestDifference(partOf(pillowImage, 3, part), pillow)).toBeLessThanOrEqual(1)
  })

  it.each([
    ['outside at the left', { x: -0.1 }, 4, 48, /not inside/],
    ['outside at the right', { widthPx: 4.1 }, 4, 48, /not inside/],
    ['outside below', { y: 1, heightPx: 2.1 }, 4, 48, /not inside/],
    ['that is empty', { heightPx: 0 }, 4, 48, /not inside/],
    ['that is no number', { x: NaN }, 4, 48, /not inside/],
    ['that is endless', { widthPx: Infinity }, 4, 48, /not inside/],
    ['of 0 px', {}, 0, 0, /a size is 0/],
    ['of 2.5 px', {}, 2.5, 12, /a size is 2.5/],
    ['for a target that is too short', {}, 4, 47, /the target is 47 bytes, not 48/],
  ])('refuses one %s of 4 × 3 pixels', (_, changes, cropPx, bytes, why) => {
    const part = { x: 0, y: 0, widthPx: 4, heightPx: 3, flip: false, ...changes }
    expect(() => resizer.resizePart(noise(1, 4, 3), cropPx, part, new Uint8Array(bytes))).toThrow(why)
  })

  it('refuses pixels that are not as many as their sizes say', () => {
    const part = { x: 0, y: 0, widthPx: 2, heightPx: 2, flip: false }
    for (const size of [{ widthPx: 5 }, { heightPx: 2.5 }, { widthPx: NaN }])
      expect(() => resizer.resizePart({ ...noise(1, 4, 3), ...size }, 2, part, new Uint8Array(12))).toThrow(
        /^resize: /,
      )
  })
})

describe('a decoded image', () => {
  async function bothWays(file: Buffer, sidePx: number): Promise<{ own: Image; without: Image }> {
    const without = await decodeImage('drawn', sidePx, file)
    onTestFinished(() => useResizer(null))
    useResizer(resizer)
    return { without, own: await decodeImage('drawn', sidePx, file) }
  }

  it.each([
    [640, 500, 448],
    [500, 640, 448],
    [331, 257, 200],
    [600, 300, 448],
    [500, 300, 200],
    [300, 200, 250],
    [300, 200, 70],
  ])('of %i × %i px at %i px is within 1 of what it is without the addon', async (widthPx, heightPx, px) => {
    for (const drawn of [
      photoLike(widthPx, heightPx).jpeg({ quality: 92 }),
      photoLike(widthPx, heightPx).png(),
    ]) {
      const { own, without } = await bothWays(await drawn.toBuffer(), px)
      expect([own.widthPx, own.heightPx]).toEqual([without.widthPx, without.heightPx])
      expect([own.widthPx, own.heightPx]).toEqual([Math.min(widthPx, px), Math.min(heightPx, px)])
      expect(greatestDifference(own.pixels, without.pixels)).toBeLessThanOrEqual(1)
      useResizer(null)
    }
  })

  it('kept in its own shape is within 1 of what it is without the addon', async () => {
    const [jpeg, kept] = [await photoLike(640, 400).jpeg().toBuffer(), shapedWithin(300, 100)]
    const without = await decodeKept('drawn', kept, jpeg)
    onTestFinished(() => useResizer(null))
    useResizer(resizer)
    const own = await decodeKept('drawn', kept, jpeg)
    for (const { widthPx, heightPx } of [own, without]) expect([widthPx, heightPx]).toEqual([379, 237])
    expect(greatestDifference(own.pixels, without.pixels)).toBeLessThanOrEqual(1)
  })

  it.each([2, 3, 4, 5, 6, 7, 8])(
    'turned by EXIF %i is within 1 of what it is without the addon',
    async (orientation) => {
      const file = await photoLike(310, 203).withMetadata({ orientation }).jpeg({ quality: 92 }).toBuffer()
      for (const px of [120, 250]) {
        const { own, without } = await bothWays(file, px)
        expect([own.widthPx, own.heightPx]).toEqual([without.widthPx, without.heightPx])
        expect(greatestDifference(own.pixels, without.pixels)).toBeLessThanOrEqual(1)
        useResizer(null)
      }
    },
  )

  it('is kept apart from those that sharp resized', () => {
    const without = decoderVersion()
    onTestFinished(() => useResizer(null))
    useResizer(resizer)
    expect(decoderVersion()).toBe(`${without} ${resizer.name}`)
  })
})
