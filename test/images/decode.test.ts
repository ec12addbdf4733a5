import { execFileSync } from 'node:child_process'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readBmp } from '../../src/main/images/bmp'
import { decodeImage, decodeSquare, thumbnail } from '../../src/main/images/decode'
import type { Image } from '../../src/main/images/enlarge'
import { evaluationBatches } from '../../src/main/trainer/data/evaluation-source'
import { sharp } from '../../src/main/images/image-library'
import { imageSize } from '../../src/main/images/image-size'
import { openPipeline } from '../../src/main/trainer/data/pipeline'
import { useResizer } from '../../src/main/images/resizer'
import { bitmap, colourAt, encode, noise, quadrants, temporaryFolder } from './support/images'
import { missingOf } from './support/missing'
import { store } from '../trainer/support/image-stores'
import { testRecipe } from '../support/recipe'

async function decoded(bytes: Buffer, px = 32): Promise<Uint8Array> {
  const path = join(temporaryFolder(), 'image [page=1] "1".jpg[2]')
  await writeFile(path, bytes)
  return decodeSquare(path, px)
}

/** The colours in the middle of the four quarters, row by row. */
function quarters(pixels: Uint8Array, px: number): string {
  const [near, far] = [px / 4, (px * 3) / 4]
  return [
    colourAt(pixels, px, near, near),
    colourAt(pixels, px, far, near),
    colourAt(pixels, px, near, far),
    colourAt(pixels, px, far, far),
  ].join('')
}

function plain(
  background: string | { r: number; g: number; b: number; alpha: number },
  channels: 3 | 4 = 3,
): ReturnType<typeof sharp> {
  return sharp({ create: { width: 20, height: 20, channels, background } })
}

describe('orientation', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'EXIF orientation %i is upright in training, evaluation and thumbnails alike',
    async (orientation) => {
      const rootPath = temporaryFolder()
      await writeFile(join(rootPath, 'a.jpg'), await quadrants(orientation))
      const images = { ids: [1], keys: ['a.jpg'], labelIndices: [0] }
      const opened = store(rootPath)
      const recipe = testRecipe({ batchSize: 1, resizePx: 32, cropPx: 32 })
      const missing = missingOf(rootPath, images).of('train')
      const pipeline = openPipeline({ store: opened, train: images, classCount: 1, recipe, missing })
      expect(quarters((await (await pipeline.batch(0)).microBatch(0, 1)).pixelsNhwc, 32)).toBe('rgbw')
      await pipeline.close()

      for await (const batch of evaluationBatches({ store: opened, images, cropPx: 32, batchSize: 4 })) {
        expect(quarters(batch.pixelsNhwc, 32)).toBe('rgbw')
      }
      await opened.close()

      const { bytes, mime } = await thumbnail(join(rootPath, 'a.jpg'), 24)
      expect(mime).toBe('image/webp')
      const shown = await sharp(bytes).resize(32, 32, { fit: 'fill' }).removeAlpha().raw().toBuffer()
      expect(quarters(shown, 32)).toBe('rgbw')
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 24, height: 16 })
    },
  )
})

describe('colours', () => {
  test('transparency is laid over white', async () => {
    const halfRed = await plain({ r: 255, g: 0, b: 0, alpha: 0.5 }, 4).png().toBuffer()
    const [red = 0, green = 0] = await decoded(halfRed)
    expect(red).toBe(255)
    expect(Math.abs(green - 127)).toBeLessThanOrEqual(1)
    const clear = await plain({ r: 0, g: 0, b: 0, alpha: 0 }, 4).webp().toBuffer()
    expect(new Set(await decoded(clear))).toEqual(new Set([255]))
  })

  test('16 bits are scaled to 8, not cut off', async () => {
    const values = new Uint16Array(20 * 20).fill(0x6400)
    const grey = await sharp(values, { raw: { width: 20, height: 20, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    expect((await sharp(grey).metadata()).depth).toBe('ushort')
    expect(new Set(await decoded(grey))).toEqual(new Set([0x64]))
    const rgb = await sharp(new Uint16Array(1200).fill(0x6400), {
      raw: { width: 20, height: 20, channels: 3 },
    })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect(new Set(await decoded(rgb))).toEqual(new Set([0x64]))
  })

  test('grey becomes three equal channels', async () => {
    const grey = await plain('#646464').toColourspace('b-w').jpeg({ quality: 100 }).toBuffer()
    expect((await sharp(grey).metadata()).channels).toBe(1)
    const pixels = await decoded(grey)
    expect(pixels).toHaveLength(32 * 32 * 3)
    expect(new Set(pixels)).toEqual(new Set([0x64]))
  })

  test.each([true, false])('CMYK is converted to sRGB (with a profile: %s)', async (withProfile) => {
    const converted = plain('#c04020').toColourspace('cmyk')
    const bytes = await (withProfile ? converted.withIccProfile('cmyk') : converted)
      .jpeg({ quality: 95 })
      .toBuffer()
    expect((await sharp(bytes).metadata()).space).toBe('cmyk')
    const [red = 0, green = 0, blue = 0] = await decoded(bytes)
    expect(Math.abs(red - 0xc0)).toBeLessThan(24)
    expect(Math.abs(green - 0x40)).toBeLessThan(24)
    expect(Math.abs(blue - 0x20)).toBeLessThan(40) // out of the press's gamut
  })

  test('a wide-gamut profile is converted, not ignored', async () => {
    const p3 = await plain('#b04040').withIccProfile('p3').png().toBuffer()
    const [red = 0, green = 0] = await decoded(p3)
    expect([Math.abs(red - 0xb0), Math.abs(green - 0x40)].every((distance) => distance <= 2)).toBe(true)
    const stored = await sharp(p3, { ignoreIcc: true }).raw().toBuffer()
    expect(stored[0]).not.toBe(red)
  })
})

describe('formats', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)(
    '%s is decoded whatever its name',
    async (format) => {
      expect(await decoded(await encode(1, format), 16)).toHaveLength(16 * 16 * 3)
    },
  )

  test('of an animation the first frame counts', async () => {
    const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 255), Buffer.alloc(8 * 8 * 3, 0)])
    const gif = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .gif()
      .toBuffer()
    expect((await sharp(gif).metadata()).pages).toBe(2)
    expect(new Set(await decoded(gif))).toEqual(new Set([255]))
  })

  const red = [0, 0, 255]
  const green = [0, 255, 0]
  const blue = [255, 0, 0]
  const white = [255, 255, 255]
  const palette = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ] as const
  const bitmaps: [string, Buffer][] = [
    [
      '24 bits',
      bitmap({
        bitsPerPixel: 24,
        widthPx: 2,
        rows: [Buffer.from([...red, ...green]), Buffer.from([...blue, ...white])],
      }),
    ],
    [
      '24 bits, top row first',
      bitmap({
        bitsPerPixel: 24,
        widthPx: 2,
        topDown: true,
        rows: [Buffer.from([...red, ...green]), Buffer.from([...blue, ...white])],
      }),
    ],
    [
      '32 bits',
      bitmap({
        bitsPerPixel: 32,
        widthPx: 2,
        rows: [Buffer.from([...red, 0, ...green, 0]), Buffer.from([...blue, 0, ...white, 0])],
      }),
    ],
    [
      '16 bits',
      bitmap({
        bitsPerPixel: 16,
        widthPx: 2,
        rows: [Buffer.from([0x00, 0x7c, 0xe0, 0x03]), Buffer.from([0x1f, 0x00, 0xff, 0x7f])],
      }),
    ],
    [
      '8 bits',
      bitmap({ bitsPerPixel: 8, widthPx: 2, palette, rows: [Buffer.from([0, 1]), Buffer.from([2, 3])] }),
    ],
    [
      '4 bits',
      bitmap({ bitsPerPixel: 4, widthPx: 2, palette, rows: [Buffer.from([0x01]), Buffer.from([0x23])] }),
    ],
  ]
  test.each(bitmaps)('a bitmap of %s has its colours and its rows in place', async (_, bytes) => {
    const { pixels } = readBmp(bytes, 100)
    expect([0, 1, 2, 3].map((index) => colourAt(pixels, 2, index % 2, index >> 1)).join('')).toBe('rgbw')
    expect(await decoded(bytes, 8)).toHaveLength(8 * 8 * 3)
  })

  test('a bitmap of 1 bit reads from the highest bit on', () => {
    const bytes = bitmap({
      bitsPerPixel: 1,
      widthPx: 3,
      palette: [
        [0, 0, 0],
        [255, 255, 255],
      ],
      rows: [Buffer.from([0b10100000])],
    })
    expect([...readBmp(bytes, 100).pixels]).toEqual([255, 255, 255, 0, 0, 0, 255, 255, 255])
  })
})

describe('a resizer of our own', () => {
  const grey = (widthPx: number, heightPx: number): Image => ({
    widthPx,
    heightPx,
    pixels: new Uint8Array(widthPx * heightPx * 3).fill(0x64),
  })

  /** What was asked of it; it gives grey. `decodes` false: it refuses JPEGs, and gets their pixels instead. */
  function recorded(decodes = true): string[] {
    const asked: string[] = []
    onTestFinished(() => useResizer(null))
    useResizer({
      name: 'grey',
      async resize(image, widthPx, heightPx) {
        expect(image.pixels.length).toBe(image.widthPx * image.heightPx * 3)
        asked.push(`${image.widthPx} × ${image.heightPx} pixels to ${widthPx} × ${heightPx}`)
        return grey(widthPx, heightPx)
      },
      async resizeJpeg(_, frame, widthPx, heightPx) {
        if (!decodes) throw new Error('not this one')
        asked.push(`JPEG of ${frame.widthPx} × ${frame.heightPx} to ${widthPx} × ${heightPx}`)
        return grey(widthPx, heightPx)
      },
      resizePart: () => expect.fail('a whole image was asked for'),
    })
    return asked
  }

  function drawn(widthPx: number, heightPx: number): ReturnType<typeof sharp> {
    const { pixels } = noise(1, widthPx, heightPx)
    return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
  }

  test.each([
    [300, '300 × 200'],
    [299, '299 × 200'],
    [150, '150 × 150'],
    [100, '100 × 100'],
    [20, '20 × 20'],
  ])('gets plain JPEGs of 300 × 200 px for %i px, in colour and in grey', async (px, size) => {
    for (const decodes of [true, false]) {
      const asked = recorded(decodes)
      await decodeImage('a.jpg', px, await drawn(300, 200).jpeg().toBuffer())
      const pixels = { 300: null, 20: '100 × 66' }[px] // sharp takes a half from the DCT
      const what = decodes
        ? `JPEG of 300 × 200 to ${size}`
        : `${pixels === undefined ? '300 × 200' : pixels} pixels to ${size}`
      expect(asked).toEqual(pixels === null && !decodes ? [] : [what])
      await decodeImage('a.jpg', px, await drawn(300, 200).toColourspace('b-w').jpeg().toBuffer())
      expect(new Set(asked).size).toBeLessThanOrEqual(1)
    }
  })

  test('gets JPEGs with EXIF as they are stored, and what it gives of them is turned', async () => {
    const asked = recorded()
    const file = await drawn(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const { widthPx, heightPx } = await decodeImage('a.jpg', 250, file)
    expect(asked).toEqual(['JPEG of 300 × 200 to 250 × 200'])
    expect([widthPx, heightPx]).toEqual([200, 250])
  })

  test('gets the pixels of what is in other colours or no JPEG, upright and in sRGB', async () => {
    const asked = recorded()
    const turned = drawn(300, 200).withIccProfile('p3').withMetadata({ icc: 'p3', orientation: 6 })
    await decodeImage('a.jpg', 150, await turned.jpeg().toBuffer())
    await decodeImage('a.jpg', 150, await drawn(300, 200).toColourspace('cmyk').jpeg().toBuffer())
    await decodeImage('a.jpg', 150, await drawn(300, 200).withIccProfile('p3').jpeg().toBuffer())
    await decodeImage('a.png', 150, await drawn(300, 200).png().toBuffer())
    expect(asked).toEqual(
      ['200 × 300', '300 × 200', '300 × 200', '300 × 200'].map((size) => `${size} pixels to 150 × 150`),
    )
  })

  test('gets no pixels where nothing is to be made smaller', async () => {
    const asked = recorded()
    await decodeImage('a.png', 300, await drawn(300, 200).png().toBuffer())
    expect(asked).toEqual([])
  })

  test('sees no pixels of a damaged image: it is refused by its name', async () => {
    const asked = recorded(false)
    const whole = await drawn(300, 200).jpeg().toBuffer()
    const huffman = whole.indexOf(Buffer.from([0xff, 0xc4]))
    const damaged = Buffer.from(whole).fill(0xff, huffman + 5, huffman + 12)
    await expect(decodeImage('damaged.jpg', 150, damaged)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringContaining('damaged.jpg'),
    })
    expect(asked).toEqual([])
  })
})

describe('errors', () => {
  test.skipIf(process.platform === 'win32')(
    'a pipe and a device in the place of a file are refused without a wait',
    async () => {
      const pipe = join(temporaryFolder(), 'pipe.jpg')
      execFileSync('mkfifo', [pipe])
      for (const path of [pipe, '/dev/zero']) {
        const refused = { code: 'bad-image', message: expect.stringContaining('it is not a file') as unknown }
        await expect(decodeSquare(path, 8)).rejects.toMatchObject(refused)
        await expect(thumbnail(path, 8)).rejects.toMatchObject(refused)
        expect(await imageSize(path)).toEqual({ widthPx: null, heightPx: null })
      }
    },
  )

  test('a file that is larger than any photo is refused before it is read', async () => {
    const path = join(temporaryFolder(), 'huge.jpg')
    await writeFile(path, await encode(1))
    await truncate(path, 1.5e9) // takes no room on the disk
    const refused = { code: 'bad-image', message: expect.stringContaining('it has 1500 MB') as unknown }
    await expect(decodeSquare(path, 8)).rejects.toMatchObject(refused)
    await expect(thumbnail(path, 8)).rejects.toMatchObject(refused)
  })

  test('a missing and a damaged file are named', async () => {
    const folder = temporaryFolder()
    await expect(decodeSquare(join(folder, 'gone.jpg'), 8)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringContaining('gone.jpg'),
    })
    const whole = await encode(1)
    await writeFile(join(folder, 'half.jpg'), whole.subarray(0, whole.length >> 1))
    await expect(decodeSquare(join(folder, 'half.jpg'), 8)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringContaining('half.jpg'),
    })
    await expect(thumbnail(join(folder, 'half.jpg'), 8)).rejects.toMatchObject({ code: 'bad-image' })
  })
})
