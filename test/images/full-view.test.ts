import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fullView } from '../../src/main/images/full-view'
import { sharp } from '../../src/main/images/image-library'
import { quadrants, temporaryFolder } from './support/images'

async function file(bytes: Uint8Array, name = 'image.jpg'): Promise<string> {
  const path = join(temporaryFolder(), name)
  await writeFile(path, bytes)
  return path
}

function dots(widthPx: number, heightPx: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, index) => (index * 37) % 256))
}

const raw = { width: 40, height: 30, channels: 3 } as const

describe('an image in its own pixels', () => {
  test('is the file itself where it is an ordinary JPEG, turned by EXIF or not', async () => {
    for (const bytes of [await sharp(dots(40, 30), { raw }).jpeg().toBuffer(), await quadrants(6)]) {
      const { bytes: sent, mime } = await fullView(await file(bytes))
      expect(mime).toBe('image/jpeg')
      expect(Buffer.from(sent).equals(bytes)).toBe(true)
    }
  })

  for (const format of ['png', 'tiff', 'webp', 'gif'] as const) {
    test(`loses nothing of a ${format}`, async () => {
      const source = sharp(dots(40, 30), { raw })
      const bytes = await (
        format === 'webp' ? source.webp({ lossless: true }) : source.toFormat(format)
      ).toBuffer()
      const { bytes: sent, mime } = await fullView(await file(bytes, `image.${format}`))
      expect(mime).toBe('image/png')
      const pixels = (encoded: Uint8Array): Promise<Buffer> => sharp(encoded).removeAlpha().raw().toBuffer()
      expect((await pixels(sent)).equals(await pixels(bytes))).toBe(true)
    })
  }

  test('is sRGB where the file has the colours of print, and lies over white where it is transparent', async () => {
    const cmyk = await sharp(dots(40, 30), { raw }).toColourspace('cmyk').jpeg().toBuffer()
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
    const printed = await fullView(await file(cmyk))
    expect((await sharp(printed.bytes).metadata()).space).toBe('srgb')

    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer()
    const { bytes } = await fullView(await file(clear, 'clear.png'))
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    expect(info.channels).toBe(3)
    expect(new Set(data)).toEqual(new Set([255]))
  })

  test.skipIf(process.platform === 'win32')(
    'is refused without a wait where a pipe lies in its place',
    async () => {
      const path = join(temporaryFolder(), 'pipe.jpg')
      execFileSync('mkfifo', [path])
      await expect(fullView(path)).rejects.toMatchObject({ code: 'bad-image' })
    },
  )

  test('is refused by its name where it is damaged, or no image', async () => {
    await expect(fullView(await file(Buffer.from('no image'), 'words.jpg'))).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringContaining('words.jpg') as unknown,
    })
  })
})
