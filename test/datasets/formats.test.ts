/** Formats of the field: what is read and how, and what is refused by its name. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeKept } from '../../src/main/images/decode'
import { squashedTo } from '../../src/main/images/kept-size'
import { brief, datasetWith, makeImages, problemAt, scan } from './support/scan-helpers'

const folder = resolve('test/fixtures/images')
const bytesOf = (name: string): Buffer => readFileSync(join(folder, name))
const decoded = async (name: string): Promise<Uint8Array> =>
  (await decodeKept(name, squashedTo(1000), bytesOf(name))).pixels

beforeAll(makeImages)

/** How the import takes a file, and what it says of it. */
async function imported(name: string): Promise<{ isRead: boolean; fault: string; message: string }> {
  const result = await scan(await datasetWith({ [`cat/${name}`]: bytesOf(name) }))
  const problem = problemAt(result, `cat/${name}`)
  const isRead = result.images.some(({ key }) => key === `cat/${name}`)
  return { isRead, fault: brief(problem), message: problem?.message ?? '' }
}

function mostApart(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length)
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? 0))), 0)
}

describe('is read', () => {
  test.each([
    ['a.ppm', 'ref.png', 'nothing'],
    ['tiff-ascii-no-nul-34737.tif', 'ref.png', 'note corrupt'],
    ['tiff-tags-unsorted.tif', 'ref.png', 'note corrupt'],
    ['rgb-plus-nir-unspecified.tif', 'tiff-reference.png', 'note unsupported-format'],
  ])('%s with the very pixels of %s', async (name, reference, fault) => {
    expect(await imported(name)).toMatchObject({ isRead: true, fault })
    expect(mostApart(await decoded(name), await decoded(reference))).toBe(0)
  })

  test('and a note says that a channel was left out', async () => {
    const { message } = await imported('rgb-plus-nir-unspecified.tif')
    expect(message).toBe(
      'The image was read, and one channel that is neither a colour nor transparency was left out.',
    )
  })

  test.each(['a.pgm', 'rle8.bmp'])('%s near the colours that it was made from', async (name) => {
    expect(await imported(name)).toMatchObject({ isRead: true, fault: 'nothing' })
    const [pixels, reference] = [await decoded(name), await decoded('ref.png')]
    const grey = (at: number): number =>
      0.299 * (reference[at] ?? 0) + 0.587 * (reference[at + 1] ?? 0) + 0.114 * (reference[at + 2] ?? 0)
    let most = 0
    for (let at = 0; at < pixels.length; at += 3)
      for (let channel = 0; channel < 3; channel++) {
        const expected = name === 'a.pgm' ? grey(at) : (reference[at + channel] ?? 0)
        most = Math.max(most, Math.abs((pixels[at + channel] ?? 0) - expected))
      }
    // the bitmap has 16 colours
    expect(most).toBeLessThanOrEqual(name === 'a.pgm' ? 1 : 90)
  })
})

describe('is refused by its name, alike in an import and in a prediction', () => {
  test.each([
    ['grey-f32-0..1.tif', '32-bit float samples'],
    ['rgb-f32-0..1.tif', '32-bit float samples'],
    ['grey-i16.tif', '16-bit signed integer samples'],
    ['ycbcr-uncompressed.tif', 'YCbCr colours without JPEG compression'],
    ['old-jpeg-tiled.tif', 'old-style JPEG compression'],
    ['compression-zstd.tif', 'Zstandard compression'],
    ['bands-13.tif', '13 channels that are not RGB'],
    ['anim.avif', 'animated AVIF (an image sequence)'],
  ])('%s: %s', async (name, what) => {
    expect(await imported(name)).toEqual({
      isRead: false,
      fault: 'error unsupported-format',
      message: `Not supported: ${what}. Save the image as JPEG or PNG.`,
    })
    await expect(decoded(name)).rejects.toMatchObject({
      code: 'bad-image',
      message: `The image ${name} cannot be read: not supported: ${what}.`,
      wayOut: 'Save the image as JPEG or PNG.',
    })
  })

  test('every file of the fixtures is spoken of here', () => {
    expect(readdirSync(folder).sort()).toHaveLength(16)
  })
})
