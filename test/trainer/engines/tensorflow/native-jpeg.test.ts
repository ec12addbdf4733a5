import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished, describe, expect, it, type TestContext } from 'vitest'
import { decodeImage, openUpright } from '../../../../src/main/images/decode'
import type { Image } from '../../../../src/main/images/enlarge'
import { sharp } from '../../../../src/main/images/image-library'
import { plainFrame, type JpegFrame } from '../../../../src/main/images/plain-jpeg'
import { useResizer } from '../../../../src/main/images/resizer'
import { loadGraphAddon } from '../../../../src/main/trainer/engines/tensorflow/graph-addon'
import { nativeResizer } from '../../../../src/main/trainer/engines/tensorflow/native-resizer'
import { readSetupRecord } from '../../../../src/main/engine/setup-record'
import { drawImage } from '../../../../src/main/trainer/export/golden-images'
import { differenceFromExact, photoLike } from '../../../images/support/parity'
import { noise } from '../../../images/support/images'

const addon = loadGraphAddon(readSetupRecord(process.env)?.graphAddon ?? '')
const resizer = nativeResizer({ addon, instructionSet: addon.start(1) })

function frameOf(file: Uint8Array): JpegFrame {
  const frame = plainFrame(file)
  if (frame === null) throw new Error('not a plain JPEG')
  return frame
}

async function bySharp(file: Uint8Array): Promise<Image> {
  const { data, info } = await (await openUpright(file)).raw().toBuffer({ resolveWithObject: true })
  return { pixels: new Uint8Array(data), widthPx: info.width, heightPx: info.height }
}

/** Vitest's own comparison takes a second for a photo. */
function expectEqual(one: Image, other: Image): void {
  expect([one.widthPx, one.heightPx]).toEqual([other.widthPx, other.heightPx])
  expect(Buffer.compare(one.pixels, other.pixels)).toBe(0)
}

/** Decoded whole and made smaller: as by sharp and our resize, to the bit. */
async function expectSame(file: Uint8Array): Promise<void> {
  const whole = await bySharp(file)
  const { widthPx, heightPx } = whole
  expectEqual(await resizer.resizeJpeg(file, frameOf(file), widthPx, heightPx), whole)
  const [newWidthPx, newHeightPx] = [Math.ceil(widthPx * 0.7), Math.ceil(heightPx * 0.6)]
  expectEqual(
    await resizer.resizeJpeg(file, frameOf(file), newWidthPx, newHeightPx),
    await resizer.resize(whole, newWidthPx, newHeightPx),
  )
}

/** 34 of the flowers; skips the test where their archive is not here. */
function realPhotos(context: TestContext): string[] {
  const archive = resolve('../shared/data/flowers17-sample.zip')
  if (!existsSync(archive)) return context.skip(`the archive of real photos is not here: ${archive}`)
  const folder = mkdtempSync(join(tmpdir(), 'bitw-flowers-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  execFileSync('python3', ['-m', 'zipfile', '-e', archive, folder])
  const photos = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jpg'))
    .filter((_, index) => index % 20 === 0)
  expect(photos).toHaveLength(34)
  return photos.map((photo) => join(folder, photo))
}

function raw({ pixels, widthPx, heightPx }: Image): ReturnType<typeof sharp> {
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
}

describe("the addon's JPEGs", () => {
  const kinds = ['4:2:0', '4:4:4', 'grey'].flatMap((chroma) =>
    [false, true].map((progressive) => [chroma, progressive ? 'progressive' : 'baseline'] as const),
  )
  it.each(kinds)('%s, %s, are bit for bit as from sharp', async (chroma, order) => {
    const sizes = [
      [160, 130],
      [161, 133],
      [1, 200],
      [300, 7],
    ] as const
    for (const [widthPx, heightPx] of sizes) {
      for (const pixels of [noise(3, widthPx, heightPx).pixels, drawImage(widthPx, heightPx, 3)]) {
        const coloured = raw({ pixels, widthPx, heightPx })
        const image = chroma === 'grey' ? coloured.toColourspace('b-w') : coloured
        const chromaSubsampling = chroma === 'grey' ? '4:2:0' : chroma
        const options = { chromaSubsampling, progressive: order === 'progressive', quality: 80 }
        await expectSame(await image.jpeg(options).toBuffer())
      }
    }
  })

  it('are the same where they are decoded side by side', async () => {
    const files = await Promise.all(
      Array.from({ length: 24 }, (_, seed) =>
        raw(noise(seed, 150 + seed, 170 - seed))
          .jpeg()
          .toBuffer(),
      ),
    )
    await Promise.all(files.map(expectSame))
  })

  it('of real photos are bit for bit as from sharp', async (context) => {
    for (const photo of realPhotos(context)) await expectSame(readFileSync(photo))
  })
})

describe("the addon's JPEGs that shrink in the DCT", () => {
  it.each([
    ['4:2:0', false, 1200, 904],
    ['4:4:4', false, 1201, 903],
    ['4:2:0', true, 1203, 905],
    ['grey', false, 1207, 909],
  ] as const)(
    'are within 0.5 levels of the exact value on average: %s, progressive %s, %i × %i px',
    async (chroma, progressive, widthPx, heightPx) => {
      const drawn = photoLike(widthPx, heightPx)
      const file = await (chroma === 'grey' ? drawn.toColourspace('b-w') : drawn)
        .jpeg({ quality: 90, progressive, chromaSubsampling: chroma === '4:4:4' ? chroma : '4:2:0' })
        .toBuffer()
      for (const px of [30, 37, 64, 75, 100, 150]) {
        const image = await resizer.resizeJpeg(file, frameOf(file), px, px)
        const { mean, most } = await differenceFromExact(file, px, image)
        expect(mean).toBeLessThan(0.5)
        expect(most).toBeLessThan(12)
      }
    },
  )

  it('of real photos are within 0.5 levels of the exact value on average', async (context) => {
    for (const photo of realPhotos(context)) {
      const file = readFileSync(photo)
      for (const px of [40, 64, 80]) {
        const image = await resizer.resizeJpeg(file, frameOf(file), px, px)
        expect((await differenceFromExact(file, px, image)).mean).toBeLessThan(0.5)
      }
    }
  })
})

describe('the addon refuses', () => {
  const image = noise(1, 200, 150)

  async function refusal(file: Uint8Array, frame: JpegFrame): Promise<string> {
    const { widthPx, heightPx } = frame
    return resizer.resizeJpeg(file, frame, widthPx, heightPx).then(() => 'nothing', String)
  }

  it('a JPEG that has another size, and what is none', async () => {
    const file = await raw(image).jpeg().toBuffer()
    const frame = frameOf(file)
    expect(await refusal(file, { ...frame, widthPx: 199 })).toMatch(/other sizes/)
    expect(await refusal(file, { ...frame, widthPx: 150, heightPx: 200 })).toMatch(/other sizes/)
    expect(await refusal(file, { ...frame, heightPx: 0 })).toMatch(/a size is 0/)
    expect(await refusal(new Uint8Array(0), frame)).toMatch(/not a JPEG/)
    expect(await refusal(await raw(image).png().toBuffer(), frame)).toMatch(/not a JPEG/)
  })

  it('one that is cut off, wherever', async () => {
    const file = await raw(image).jpeg().toBuffer()
    for (let length = 0; length < file.length - 2; length += 997)
      expect(await refusal(file.subarray(0, length), frameOf(file))).toMatch(/resize: /)
    expect(await refusal(file, frameOf(file))).toBe('nothing')
  })

  it('one whose scans are more than a hundred: each is work for the whole image', async () => {
    const file = await raw(image).jpeg({ progressive: true }).toBuffer()
    const last = file.lastIndexOf(Buffer.from([0xff, 0xda]))
    const scan = file.subarray(last, file.length - 2)
    const repeated = (count: number): Buffer =>
      Buffer.concat([file.subarray(0, last), ...Array<Buffer>(count).fill(scan), file.subarray(-2)])
    expect(await refusal(repeated(200), frameOf(file))).toMatch(/more than 100 scans/)
  })
})

describe('a damaged JPEG', () => {
  it('has the same pixels or the same error as without the addon', async () => {
    const file = await raw({ pixels: drawImage(300, 200, 3), widthPx: 300, heightPx: 200 })
      .jpeg()
      .toBuffer()
    const outcome = (damaged: Buffer): Promise<unknown> =>
      decodeImage('a.jpg', 300, damaged).then(
        ({ pixels, ...size }) => ({ ...size, pixels: Buffer.from(pixels).toString('base64') }),
        String,
      )
    onTestFinished(() => useResizer(null))
    let refusedCount = 0
    for (let at = 20; at < file.length - 2; at += at < 620 ? 31 : 411) {
      const damaged = Buffer.from(file)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      useResizer(null)
      const without = await outcome(damaged)
      useResizer(resizer)
      expect(await outcome(damaged)).toEqual(without)
      if (typeof without === 'string') refusedCount++
    }
    expect(refusedCount).toBeGreaterThan(2)
  })
})
