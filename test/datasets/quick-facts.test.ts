import { hash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openQuickFacts, type QuickFacts } from '../../src/main/datasets/quick-facts'
import { readImage } from '../../src/main/datasets/read-image'
import { sharp } from '../../src/main/images/image-library'
import { filesAt } from '../../src/main/sources/files'
import { noise } from '../images/support/images'

const folder = mkdtempSync(join(tmpdir(), 'bitw-data-'))
const path = join(folder, 'image')
let quickFacts: QuickFacts
const plain = new Map<string, Buffer>()

beforeAll(async () => {
  quickFacts = openQuickFacts()
  const image = (width: number, height: number) =>
    sharp(noise(1, width, height).pixels, { raw: { width, height, channels: 3 } })
  const photo = image(53, 38)
  const jpeg = (options: object) => photo.clone().jpeg(options).toBuffer()
  plain.set('a baseline JPEG', await jpeg({}))
  plain.set('a JPEG with all of its colour', await jpeg({ chromaSubsampling: '4:4:4', quality: 100 }))
  plain.set('a JPEG with codes of its own', await jpeg({ optimiseCoding: true, quality: 20 }))
  plain.set('a progressive JPEG', await jpeg({ progressive: true, quality: 95 }))
  plain.set(
    'a progressive JPEG in grey',
    await photo.clone().greyscale().jpeg({ progressive: true }).toBuffer(),
  )
  plain.set('a JPEG in grey', await photo.clone().greyscale().jpeg().toBuffer())
  plain.set('a JPEG of more than 128 px', await image(200, 140).jpeg().toBuffer())
  for (const turn of [2, 6, 8])
    plain.set(`a JPEG that EXIF turns by ${String(turn)}`, turned(await jpeg({}), turn))
  plain.set('a PNG', await photo.clone().png().toBuffer())
  plain.set('a PNG in grey', await photo.clone().greyscale().png().toBuffer())
  plain.set('a PNG with transparency', await photo.clone().ensureAlpha(0.5).png().toBuffer())
  plain.set('a PNG with every filter', await photo.clone().png({ adaptiveFiltering: true }).toBuffer())
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What `readImage` says of the file at `path`, where it is sound without a note; else null. */
async function soundFacts(of: string): Promise<unknown> {
  const { facts, fault } = await readImage(filesAt(), of)
  return fault === null ? facts : null
}

describe('a quick look', () => {
  test('at plain files says what a whole reading says', async () => {
    for (const [name, bytes] of plain) {
      await writeFile(path, bytes)
      expect({ name, facts: quickFacts(path) }).toEqual({ name, facts: await soundFacts(path) })
      expect(quickFacts(path), name).not.toBeNull()
    }
  })

  test('at every fixture says the same, or nothing', async () => {
    const fixtures = join(import.meta.dirname, '../fixtures/images')
    for (const name of await readdir(fixtures)) {
      const facts = quickFacts(join(fixtures, name))
      if (facts !== null) expect(facts, name).toEqual(await soundFacts(join(fixtures, name)))
    }
  })

  test('at damaged files says the same, or nothing', async () => {
    const random = randomNumbers(7)
    let said = 0
    for (const [name, bytes] of plain) {
      for (let attempt = 0; attempt < 25; attempt++) {
        await writeFile(path, damaged(bytes, random))
        const facts = quickFacts(path)
        if (facts === null) continue
        said++
        expect({ name, attempt, facts }).toEqual({ name, attempt, facts: await soundFacts(path) })
      }
    }
    expect(said).toBeGreaterThan(5)
  })

  test('says nothing of a JPEG that lacks an end, has bytes behind it, or lost some within', async () => {
    for (const name of ['a baseline JPEG', 'a progressive JPEG', 'a JPEG in grey']) {
      const bytes = plain.get(name) ?? Buffer.alloc(0)
      const middle = bytes.length - 200
      const others = [
        bytes.subarray(0, -2),
        bytes.subarray(0, middle),
        Buffer.concat([bytes, Buffer.from('more')]),
        Buffer.concat([bytes.subarray(0, middle), bytes.subarray(middle + 50)]),
      ]
      for (const other of others) {
        await writeFile(path, other)
        expect(quickFacts(path), name).toBeNull()
      }
    }
  })

  test('says nothing of colours that only a decoder can tell', async () => {
    const image = sharp(noise(2, 40, 30).pixels, { raw: { width: 40, height: 30, channels: 3 } })
    const others = [
      await image.clone().toColourspace('cmyk').jpeg().toBuffer(),
      await image.clone().withIccProfile('p3').jpeg().toBuffer(),
      await image.clone().withIccProfile('p3').png().toBuffer(),
      await image.clone().png({ palette: true }).toBuffer(),
      await image.clone().toColourspace('rgb16').png().toBuffer(),
      await image.clone().png({ progressive: true }).toBuffer(),
      await image.clone().webp().toBuffer(),
    ]
    for (const other of others) {
      await writeFile(path, other)
      expect(quickFacts(path)).toBeNull()
    }
  })

  test('says nothing of a PNG with a filter that there is not, a row too few, bytes behind its data, or a window that is too small', async () => {
    const rows = Buffer.alloc(20 * (1 + 20 * 3))
    const png = (data: Buffer): Buffer => pngOf(Buffer.from([0, 0, 0, 20, 0, 0, 0, 20, 8, 2, 0, 0, 0]), data)
    const withFilter = Buffer.from(rows)
    withFilter[61] = 5
    await writeFile(path, png(deflateSync(rows)))
    expect(quickFacts(path)).toEqual(await soundFacts(path))
    const others = [
      png(deflateSync(withFilter)),
      png(deflateSync(rows.subarray(61))),
      png(Buffer.concat([deflateSync(rows), Buffer.from([0])])),
      png(withSmallestWindow(deflateSync(farRepeats(rows.length)))),
    ]
    for (const other of others) {
      await writeFile(path, other)
      expect(quickFacts(path)).toBeNull()
    }
  })

  test('says nothing of sides that are longer than what may be decoded', async () => {
    const isLeftToAWholeReading = async (bytes: Buffer): Promise<boolean> => {
      await writeFile(path, bytes)
      const { fault } = await readImage(filesAt(), path)
      return quickFacts(path) === null && fault?.code === 'too-large'
    }
    expect(await isLeftToAWholeReading(greyPng(70_000, 3))).toBe(true)
    expect(await isLeftToAWholeReading(greyPng(3, 70_000))).toBe(true)
    const jpeg = await sharp({ create: { width: 65_500, height: 1, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    await writeFile(path, jpeg)
    expect(quickFacts(path)?.widthPx).toBe(65_500)
    // as many blocks, and more than libjpeg reads
    jpeg.writeUInt16BE(65_503, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 7)
    expect(await isLeftToAWholeReading(jpeg)).toBe(true)
  })

  test('says nothing of what is not there, or no file', () => {
    expect(quickFacts(join(folder, 'gone'))).toBeNull()
    expect(quickFacts(folder)).toBeNull()
  })

  test('forgets a large image before a small one', async () => {
    const large = await sharp(noise(3, 900, 700).pixels, { raw: { width: 900, height: 700, channels: 3 } })
      .jpeg({ progressive: true })
      .toBuffer()
    for (const bytes of [large, plain.get('a baseline JPEG') ?? large, large]) {
      await writeFile(path, bytes)
      expect(quickFacts(path)?.contentHash).toBe(hash('sha256', bytes, 'hex'))
    }
  })
})

/** EXIF behind the first mark, as cameras write it. */
function turned(jpeg: Buffer, orientation: number): Buffer {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
  const tiff = [...Buffer.from('MM\0*'), 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0]
  const segment = [0xff, 0xe1, 0, 8 + tiff.length, ...Buffer.from('Exif\0\0'), ...tiff]
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from(segment), jpeg.subarray(2)])
}

/** What only goes back by more than 256 bytes, in rows of the first filter. */
function farRepeats(byteCount: number): Buffer {
  const { pixels } = noise(4, 10, 10)
  return Buffer.from(
    Array.from({ length: byteCount }, (_, at) => (at % 61 === 0 ? 0 : (pixels[at % 300] ?? 0))),
  )
}

/** Zlib's header says how far its data goes back: here 256 bytes. */
function withSmallestWindow(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x08, 0x1d]), data.subarray(2)])
}

function greyPng(widthPx: number, heightPx: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0])
  header.writeUInt32BE(widthPx, 0)
  header.writeUInt32BE(heightPx, 4)
  return pngOf(header, deflateSync(Buffer.alloc((1 + widthPx) * heightPx)))
}

function pngOf(header: Buffer, data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content])
  const whole = Buffer.alloc(8 + body.length)
  whole.writeUInt32BE(content.length, 0)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), 4 + body.length)
  return whole
}

/** One or two bytes are others, or some are missing; mostly where the head is. */
function damaged(bytes: Buffer, random: (below: number) => number): Buffer {
  const other = Buffer.from(bytes)
  for (let place = 0; place <= random(2); place++) {
    const at = random(random(3) === 0 ? other.length : Math.min(other.length, 700))
    other[at] = random(2) === 0 ? random(256) : (other[at] ?? 0) ^ (1 << random(8))
  }
  const cut = random(other.length)
  return random(6) === 0
    ? Buffer.concat([other.subarray(0, cut), other.subarray(cut + 1 + random(20))])
    : other
}

/** Numerical Recipes' generator. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
