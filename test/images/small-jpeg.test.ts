import { describe, expect, test } from 'vitest'
import { sharp } from '../../src/main/images/image-library'
import { plainFrame } from '../../src/main/images/plain-jpeg'
import { smallJpegDecoder } from '../../src/main/images/small-jpeg'
import { noise, quadrants } from './support/images'

function raw(seed: number, widthPx: number, heightPx: number): ReturnType<typeof sharp> {
  return sharp(noise(seed, widthPx, heightPx).pixels, {
    raw: { width: widthPx, height: heightPx, channels: 3 },
  })
}

async function bySharp(file: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await sharp(file).toColourspace('srgb').raw().toBuffer())
}

describe('small plain JPEGs', () => {
  test.each(['4:2:0', '4:4:4'] as const)(
    'with chroma %s come out bit for bit as from sharp',
    async (chromaSubsampling) => {
      const decode = await smallJpegDecoder()
      for (const [width, height] of [
        [32, 32],
        [1, 1],
        [17, 33],
        [128, 128],
        [3, 90],
      ] as const) {
        for (const progressive of [false, true]) {
          const file = await raw(width + height, width, height)
            .jpeg({ chromaSubsampling, progressive, quality: 70 })
            .toBuffer()
          expect(decode(file)).toEqual({
            widthPx: width,
            heightPx: height,
            pixels: await bySharp(file),
          })
        }
      }
    },
  )

  test('in grey come out with three equal channels', async () => {
    const file = await raw(1, 20, 12).toColourspace('b-w').jpeg().toBuffer()
    expect((await sharp(file).metadata()).channels).toBe(1)
    const pixels = (await smallJpegDecoder())(file)?.pixels
    expect(pixels).toHaveLength(20 * 12 * 3)
    expect(pixels).toEqual(await bySharp(file))
  })
})

describe('sharp decides', () => {
  test('what is turned, CMYK, has a profile, is large, or is no JPEG', async () => {
    const decode = await smallJpegDecoder()
    expect(decode(await quadrants(6))).toBeNull()
    expect(decode(await raw(1, 20, 20).toColourspace('cmyk').jpeg().toBuffer())).toBeNull()
    expect(decode(await raw(1, 20, 20).withIccProfile('p3').jpeg().toBuffer())).toBeNull()
    expect(decode(await raw(1, 129, 128).jpeg().toBuffer())).toBeNull()
    expect(decode(await raw(1, 20, 20).png().toBuffer())).toBeNull()
    expect(decode(new Uint8Array(0))).toBeNull()
  })

  test('what is cut off anywhere or has a damaged head, and the next image is right again', async () => {
    const decode = await smallJpegDecoder()
    const file = await raw(4, 24, 24).jpeg().toBuffer()
    const expected = await bySharp(file)
    for (let length = 0; length < file.length; length += 7)
      expect(decode(file.subarray(0, length))).toBeNull()
    const refused = Array.from({ length: 200 }, (_, at) => {
      const damaged = Uint8Array.from(file)
      damaged[at + 2] = (damaged[at + 2] ?? 0) ^ 0xff
      return decode(damaged)
    }).filter((image) => image === null)
    expect(refused.length).toBeGreaterThan(20)
    expect(decode(file)?.pixels).toEqual(expected)
  })

  test('a frame is plain whatever comes before it, as long as that changes nothing', async () => {
    const file = await raw(1, 20, 20).jpeg().toBuffer()
    expect(plainFrame(file)).toEqual({ widthPx: 20, heightPx: 20, channels: 3, isProgressive: false })
    const comment = Buffer.from([0xff, 0xfe, 0, 6, 0x61, 0x62, 0x63, 0x64])
    expect(plainFrame(Buffer.concat([file.subarray(0, 2), comment, file.subarray(2)]))).toEqual(
      plainFrame(file),
    )
  })
  test('what shows us one size and, behind padding, a decoder another', async () => {
    const file = await raw(1, 20, 20).jpeg().toBuffer()
    const at = file.indexOf(Buffer.from([0xff, 0xc0]))
    const padded = Buffer.concat([file.subarray(0, at), Buffer.from([0xff]), file.subarray(at)])
    expect((await sharp(padded).metadata()).width).toBe(20)
    expect(plainFrame(padded)).toBeNull()
  })
})
