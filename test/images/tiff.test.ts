/** What TIFFs say of their samples, and say wrongly. */
import { describe, expect, test } from 'vitest'
import { decodeKept } from '../../src/main/images/decode'
import { squashedTo } from '../../src/main/images/kept-size'
import { imageHeader } from '../../src/main/images/open-image'
import { minorFault } from '../../src/main/images/soundness'
import { type TiffField, tiffOf } from './support/tiffs'

const [whiteIsZero, blackIsZero, rgb, mask, cielab] = [0, 1, 2, 4, 8]
const extras = (...kinds: number[]): TiffField => [338, 3, kinds]
const [unspecified, premultiplied, straight] = [0, 1, 2]

async function firstPixel(file: Uint8Array): Promise<number[]> {
  const { pixels } = await decodeKept('a.tif', squashedTo(100), file)
  return [...pixels.subarray(0, 3)]
}

async function noteOf(file: Uint8Array): Promise<string | null> {
  return minorFault(file, await imageHeader(file))
}

describe('channels', () => {
  test.each<[string, Buffer, number[], number]>([
    ['a fourth that nobody names is left out', tiffOf([200, 100, 50, 9], rgb), [200, 100, 50], 1],
    ['a second of grey that nobody names is left out', tiffOf([77, 9], blackIsZero), [77, 77, 77], 1],
    ['five that nobody names are left out', tiffOf([200, 100, 50, 9, 9, 9, 9, 9], rgb), [200, 100, 50], 5],
    [
      'one too few is named: the others are left out',
      tiffOf([200, 100, 50, 9, 8], rgb, [extras(unspecified)]),
      [200, 100, 50],
      2,
    ],
    [
      'transparency is laid over white',
      tiffOf([200, 100, 50, 0], rgb, [extras(straight)]),
      [255, 255, 255],
      0,
    ],
    [
      'transparency behind infrared is found',
      tiffOf([200, 100, 50, 7, 0], rgb, [extras(unspecified, straight)]),
      [255, 255, 255],
      1,
    ],
    [
      'an opaque image has its colours',
      tiffOf([200, 100, 50, 255], rgb, [extras(straight)]),
      [200, 100, 50],
      0,
    ],
    ['white may be 0', tiffOf([10], whiteIsZero), [245, 245, 245], 0],
    [
      'white may be 0 beside another channel',
      tiffOf([10, 3], whiteIsZero, [extras(unspecified)]),
      [245, 245, 245],
      1,
    ],
  ])('%s', async (_, file, pixel, leftOutCount) => {
    expect(await firstPixel(file)).toEqual(pixel)
    expect(await imageHeader(file)).toMatchObject({ leftOutCount })
    await noteOf(file) // throws what an import would refuse
  })

  test('colours that transparency was multiplied into are those of the other kind', async () => {
    const into = await firstPixel(tiffOf([100, 50, 25, 128], rgb, [extras(premultiplied)]))
    const beside = await firstPixel(tiffOf([200, 100, 50, 128], rgb, [extras(straight)]))
    for (const [channel, value] of into.entries())
      expect(Math.abs(value - (beside[channel] ?? 0))).toBeLessThanOrEqual(1)
  })
})

describe('a directory that is odd says nothing of sound pixels:', () => {
  test.each<[string, Buffer, RegExp]>([
    ['no length of its strip', tiffOf([200, 100, 50], rgb, [], [279]), /StripByteCounts/],
    ['the length 0', tiffOf([200, 100, 50], rgb, [[279, 4, [0]]]), /StripByteCounts/],
    ['no word about a fourth channel', tiffOf([200, 100, 50, 9], rgb), /ExtraSamples/],
    [
      'a tag twice',
      tiffOf([200, 100, 50], rgb, [
        [262, 3, [rgb]],
        [262, 3, [rgb]],
      ]),
      /./,
    ],
  ])('%s', async (_, file, note) => {
    expect(await noteOf(file)).toMatch(note)
    expect(await firstPixel(file)).toEqual([200, 100, 50])
  })

  test('but pixels that are missing are damage, whatever the directory says', async () => {
    for (const file of [tiffOf([200, 100, 50], rgb, [], [279]), tiffOf([200, 100, 50, 9], rgb)])
      await expect(noteOf(file.subarray(0, -60))).rejects.toThrow(/damaged|ends too early/)
  })
})

describe('is refused by name', () => {
  const format = (value: number): TiffField => [339, 3, [value]]
  const bits = (value: number): TiffField => [258, 3, [value]]
  test.each<[string, Buffer]>([
    ['L*a*b* colours', tiffOf([128, 0, 0], cielab)],
    ['transparency masks', tiffOf([1], mask)],
    ['8-bit signed integer samples', tiffOf([100], blackIsZero, [format(2)])],
    ['16-bit float samples', tiffOf([1], blackIsZero, [format(3), bits(16)])],
    ['32-bit samples in one channel', tiffOf([1], blackIsZero, [bits(32)])],
    ['64-bit complex float samples', tiffOf([1], blackIsZero, [format(6), bits(64)])],
    ['12-bit samples in one channel', tiffOf([1], blackIsZero, [bits(12)])],
    ['3 channels that are not RGB', tiffOf([1, 2, 3], blackIsZero)],
    ['LERC compression', tiffOf([1], blackIsZero, [[259, 3, [34_887]]])],
    ['TIFF compression 4711', tiffOf([1], blackIsZero, [[259, 3, [4711]]])],
    [
      'raw photos of a camera (what can be read of them is a small preview)',
      tiffOf([1, 2, 3], rgb, [
        [254, 4, [1]],
        [330, 4, [8]],
      ]),
    ],
  ])('%s', async (what, file) => {
    const refusal = { code: 'unsupported-format', message: `not supported: ${what}` }
    await expect(imageHeader(file)).rejects.toMatchObject(refusal)
    await expect(firstPixel(file)).rejects.toMatchObject({ code: 'bad-image', cause: refusal })
  })
})
