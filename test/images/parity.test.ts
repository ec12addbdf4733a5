/** Decoded pixels are the field's, by whichever way they come. The addon's ways: test/trainer/engines/tensorflow/native-jpeg.test.ts. */
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeImage } from '../../src/main/images/decode'
import { sharp } from '../../src/main/images/image-library'
import { differenceFromExact, photoLike } from './support/parity'

let photo: Buffer
const drawn = (): ReturnType<typeof sharp> => sharp(photo)

beforeAll(async () => {
  photo = await photoLike(1201, 904).png({ compressionLevel: 1 }).toBuffer()
})

async function meanDifference(file: Buffer, px: number): Promise<number> {
  return (await differenceFromExact(file, px, await decodeImage('drawn', px, file))).mean
}

describe('without the addon, a decoded image is the antialiased resize of the whole image', () => {
  test.each([
    ['an even JPEG', 1200, 904],
    ['an odd JPEG', 1201, 903],
    ['one whose sizes are divided by 2 and not by 4', 1194, 902],
  ])('within 0.5 levels on average where it shrinks in the DCT: %s', async (_, width, height) => {
    const file = await drawn().resize(width, height).jpeg({ quality: 90 }).toBuffer()
    for (const px of [40, 64, 96, 128]) expect(await meanDifference(file, px)).toBeLessThan(0.5)
  })

  test('within 0.3 levels where the image is decoded whole, rounded once', async () => {
    const file = await drawn().jpeg({ quality: 90 }).toBuffer()
    for (const px of [224, 384, 448]) expect(await meanDifference(file, px)).toBeLessThan(0.3)
  })

  const variants: [string, (drawn: ReturnType<typeof sharp>) => ReturnType<typeof sharp>][] = [
    ['png', (one) => one.png()],
    ['png of 16 bits', (one) => one.toColourspace('rgb16').png()],
    ['grey png', (one) => one.toColourspace('b-w').png()],
    ['grey jpeg', (one) => one.toColourspace('b-w').jpeg()],
    ['progressive jpeg', (one) => one.jpeg({ progressive: true })],
    ['webp', (one) => one.webp({ quality: 90, effort: 0 })],
    ['tiff', (one) => one.tiff()],
    ['cmyk', (one) => one.toColourspace('cmyk').jpeg()],
    ['cmyk with a profile', (one) => one.toColourspace('cmyk').withIccProfile('cmyk').jpeg()],
    ['Display P3', (one) => one.withIccProfile('p3').jpeg()],
    ['with transparency', (one) => one.ensureAlpha(0.5).png()],
    ...[3, 6].map((orientation): (typeof variants)[number] => [
      `turned by EXIF ${orientation}`,
      (one) => one.withMetadata({ orientation }).jpeg(),
    ]),
  ]
  test.each(variants)('within 0.5 levels: %s', async (_, encode) => {
    const file = await encode(drawn().resize(600, 452)).toBuffer()
    for (const px of [40, 75]) expect(await meanDifference(file, px)).toBeLessThan(0.5)
  })
})
