import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { realDisk, type CacheDisk } from '../../../src/main/trainer/data/disk-cache'
import { sharp } from '../../../src/main/images/image-library'
import { shapedWithin, squashedTo } from '../../../src/main/images/kept-size'
import type { ImageStore, ImageStoreOptions } from '../../../src/main/trainer/data/image-store'
import { store } from '../support/image-stores'
import { noise, temporaryFolder, writeTree } from '../../images/support/images'

/** Larger than what is read at once, smaller than the square, and a plain small JPEG. */
const sizes = {
  'large.png': [260, 200],
  'wide.png': [300, 40],
  'small.png': [30, 20],
  'small.jpg': [32, 32],
} as const
const paths = Object.keys(sizes)
const images = { ids: paths.map((_, index) => index), keys: paths, labelIndices: paths.map(() => 0) }
const sidePx = 128
/** What their images take: 128 × 128, 128 × 40, 30 × 20 and 32 × 32 pixels. */
const imageBytes = [128 * 128, 128 * 40, 30 * 20, 32 * 32].map((pixels) => pixels * 3)
const allBytes = imageBytes.reduce((sum, bytes) => sum + bytes, 0)
const files: Record<string, Buffer> = {}
/** When all of them were written. */
const fileSeconds = 1.7e9

beforeAll(async () => {
  for (const [index, [path, [width, height]]] of Object.entries(sizes).entries())
    files[path] = await image(index, path, width, height)
})

function image(seed: number, path: string, width: number, height: number): Promise<Buffer> {
  return sharp(noise(seed, width, height).pixels, { raw: { width, height, channels: 3 } })
    .toFormat(path.endsWith('png') ? 'png' : 'jpeg')
    .toBuffer()
}

interface Place {
  readonly rootPath: string
  readonly folder: string
}

async function dataset(): Promise<Place> {
  const rootPath = temporaryFolder()
  await writeTree(rootPath, files)
  for (const path of paths) utimesSync(join(rootPath, path), fileSeconds, fileSeconds)
  return { rootPath, folder: join(temporaryFolder(), 'cache') }
}

interface Changes extends Partial<ImageStoreOptions> {
  readonly limitBytes?: number
  readonly keepFreeBytes?: number
  readonly disk?: CacheDisk
}

function open({ rootPath, folder }: Place, changes: Changes = {}): ImageStore {
  const { limitBytes = 1e9, keepFreeBytes = 0, disk, ...options } = changes
  const diskCache = { folder, limitBytes, keepFreeBytes, ...(disk === undefined ? {} : { disk }) }
  return store(rootPath, { cacheBytes: 0, diskCache, ...options })
}

/** Every image once; those that cannot be read are null. */
async function all(opened: ImageStore, px = sidePx, kept = squashedTo(px)): Promise<(string | null)[]> {
  const reader = opened.reader(images, kept)
  const found: (string | null)[] = []
  for (const index of paths.keys()) {
    found.push(null)
    await reader.visit(index, ({ widthPx, heightPx, pixels }) => {
      found[index] = `${widthPx} ${heightPx} ${Buffer.from(pixels).toString('hex')}`
    })
  }
  return found
}

async function once(place: Place, changes: Changes = {}): Promise<(string | null)[]> {
  const opened = open(place, changes)
  const found = await all(opened)
  await opened.close()
  return found
}

const cacheFiles = ({ folder }: Place): string[] => readdirSync(folder).map((name) => join(folder, name))
const cacheBytes = (place: Place): number =>
  cacheFiles(place).reduce((sum, path) => sum + statSync(path).size, 0)

/** Puts other images where those of the dataset were, with the same length and time: only what was kept can give the old pixels. */
function hide({ rootPath }: Place): void {
  for (const path of paths) {
    writeFileSync(join(rootPath, path), Buffer.alloc(statSync(join(rootPath, path)).size))
    utimesSync(join(rootPath, path), fileSeconds, fileSeconds)
  }
}

describe('what is kept', () => {
  test('is byte for byte what is decoded: from memory, in the same run from disk, in a later run from disk', async () => {
    const place = await dataset()
    const decoded = await once(place, { limitBytes: 0 })
    expect(decoded.map((one) => one?.split(' ').slice(0, 2).join('×'))).toEqual([
      '128×128',
      '128×40',
      '30×20',
      '32×32',
    ])
    for (const bytes of [0, imageBytes[0] ?? 0, 1e6]) {
      const opened = open(place, { cacheBytes: bytes })
      for (let pass = 0; pass < 3; pass++) expect(await all(opened)).toEqual(decoded)
      await opened.close()
    }
    const facts = cacheFiles(place).map((path) => statSync(path))
    hide(place)
    expect(await once(place)).toEqual(decoded)
    expect(await once(place, { cacheBytes: 1e6 })).toEqual(decoded)
    expect(cacheFiles(place)).toHaveLength(facts.length) // what is there is not written again
  })

  test('takes what the images have, not what their squares would', async () => {
    const place = await dataset()
    await once(place)
    expect(cacheFiles(place)).toHaveLength(1)
    expect(cacheBytes(place)).toBe(32 + paths.length * 40 + allBytes)
  })

  test('gives up what is beyond a limit that was lowered, at the next start', async () => {
    const place = await dataset()
    const first = await once(place)
    const bytes = cacheBytes(place)
    await once(place, { limitBytes: bytes })
    expect(cacheFiles(place)).toHaveLength(1)
    expect(await once(place, { limitBytes: 0 })).toEqual(first)
    expect(cacheFiles(place)).toEqual([])
  })

  test('in memory stays within the limit, for all lists and sizes together', async () => {
    const place = await dataset()
    const problems: string[] = []
    const onProblem = (path: string): unknown => problems.push(path)
    const [large = 0, wide = 0, small = 0] = imageBytes
    const opened = open(place, { limitBytes: 0, cacheBytes: large + wide + small, onProblem })
    const first = await all(opened)
    await all(opened, 16) // nothing is left for these
    hide(place)
    expect(await all(opened)).toEqual([...first.slice(0, 3), null])
    expect(await all(opened, 16)).toEqual([null, null, null, null])
    expect(problems).toHaveLength(5)
    await opened.close()
  })

  test('with another side is another image', async () => {
    const place = await dataset()
    const opened = open(place)
    const large = await all(opened)
    const small = await all(opened, 16)
    expect(small.map((one) => one?.split(' ').slice(0, 2).join('×'))).toEqual([
      '16×16',
      '16×16',
      '16×16',
      '16×16',
    ])
    await opened.close()
    const later = open(place)
    expect([await all(later), await all(later, 16)]).toEqual([large, small])
    await later.close()
  })

  test('in its own shape is another image than the squashed one of that side, also from disk', async () => {
    const place = await dataset()
    const opened = open(place)
    const squashed = await all(opened)
    const shaped = await all(opened, sidePx, shapedWithin(sidePx, 20))
    const sizesOf = (found: (string | null)[]) => found.map((one) => one?.split(' ').slice(0, 2).join('×'))
    expect(sizesOf(squashed)).toEqual(['128×128', '128×40', '30×20', '32×32'])
    expect(sizesOf(shaped)).toEqual(['146×112', '300×40', '30×20', '32×32'])
    await opened.close()
    hide(place)
    const later = open(place)
    expect(await all(later, sidePx, shapedWithin(sidePx, 20))).toEqual(shaped)
    expect(await all(later)).toEqual(squashed)
    await later.close()
  })

  test('of a file that was changed is not used', async () => {
    const place = await dataset()
    const before = await once(place)
    await writeFile(join(place.rootPath, 'small.jpg'), await image(9, 'small.jpg', 32, 32))
    const { size } = statSync(join(place.rootPath, 'small.png'))
    const changed = Buffer.from(await image(8, 'small.png', 30, 20))
    writeFileSync(
      join(place.rootPath, 'small.png'),
      Buffer.concat([changed, Buffer.alloc(Math.max(0, size - changed.length))]),
    )
    utimesSync(join(place.rootPath, 'small.png'), 1e9, 1e9)
    const after = await once(place)
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(after[2]).not.toBe(before[2])
    expect(after[3]).not.toBe(before[3])
    expect(after).toEqual(await once(place, { limitBytes: 0 }))
  })
})

describe('a cache file that is not what was written', () => {
  test.each([0, 5, 31, 32, 60, 72 + 100, 60_000])(
    'cut off after %i bytes gives what is whole, and the rest is decoded',
    async (length) => {
      const place = await dataset()
      const decoded = await once(place)
      for (const path of cacheFiles(place)) truncateSync(path, length)
      expect(await once(place)).toEqual(decoded)
      hide(place)
      expect(await once(place)).toEqual(decoded) // the second run has written what was missing
    },
  )

  test('damaged at any place never gives a wrong pixel', async () => {
    const place = await dataset()
    const decoded = await once(place)
    const [path = ''] = cacheFiles(place)
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at += at < 120 ? 3 : 4999) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      writeFileSync(path, damaged)
      const opened = open(place, { limitBytes: whole.length }) // no room to write anew
      expect(await all(opened)).toEqual(decoded)
      await opened.close()
    }
  })

  test('of another maker is removed; what is not a cache file is left alone', async () => {
    const place = await dataset()
    const decoded = await once(place)
    const [path = ''] = cacheFiles(place)
    const foreign = readFileSync(path)
    foreign[9] = (foreign[9] ?? 0) ^ 1
    writeFileSync(path, foreign)
    writeFileSync(join(place.folder, 'notes.txt'), 'mine')
    expect(await once(place)).toEqual(decoded)
    expect(existsSync(path)).toBe(false)
    expect(readFileSync(join(place.folder, 'notes.txt'), 'utf8')).toBe('mine')
  })
})

describe('the limit', () => {
  test('holds: what does not fit is decoded each time', async () => {
    const place = await dataset()
    const decoded = await once(place, { limitBytes: 0 })
    for (const limitBytes of [1, 4000, 20_000, allBytes]) {
      expect(await once(place, { limitBytes })).toEqual(decoded)
      expect(cacheBytes(place)).toBeLessThanOrEqual(limitBytes)
    }
    expect(cacheBytes(place)).toBeGreaterThan(0)
  })

  test('is kept by removing the files that were used least recently, never one in use', async () => {
    const places = [await dataset(), await dataset(), await dataset()]
    const folder = places[0]?.folder ?? ''
    const one = 32 + paths.length * 40 + allBytes
    let nowMs = Date.now() - 1e6
    const disk = (): CacheDisk => fakeDisk({ nowMs: () => (nowMs += 1000) })
    const fileOf = async ({ rootPath }: Place): Promise<string[]> => {
      const before = new Set(readdirSync(folder))
      await once({ rootPath, folder }, { limitBytes: 2 * one + 100, disk: disk() })
      return readdirSync(folder).filter((name) => !before.has(name))
    }
    const [first, second, third] = places
    if (first === undefined || second === undefined || third === undefined) return expect.fail('three')
    const firstFile = await once(first, { disk: disk() }).then(() => readdirSync(folder))
    utimesSync(join(folder, firstFile[0] ?? ''), 1e9, 1e9)
    const secondFile = await fileOf(second)
    utimesSync(join(folder, secondFile[0] ?? ''), 1e9 + 10, 1e9 + 10)
    expect(await fileOf(first)).toEqual([]) // used again: now the second is the older
    const thirdFile = await fileOf(third)
    expect(readdirSync(folder).sort()).toEqual([...firstFile, ...thirdFile].sort())
  })

  test('so does the room that is to stay free on the disk', async () => {
    const place = await dataset()
    const disk = fakeDisk({ freeBytes: () => 1000 })
    const decoded = await once(place, { disk, keepFreeBytes: 1000 })
    expect(decoded).toEqual(await once(place, { limitBytes: 0 }))
    expect(cacheFiles(place)).toEqual([])
  })
})

describe('a disk that fails', () => {
  test.each(['is full at once', 'is full in the midst of an image', 'refuses'])(
    'and %s ends the caching only, and says so once',
    async (how) => {
      const place = await dataset()
      const problems: string[] = []
      let written = 0
      const real = fakeDisk({})
      const disk = fakeDisk({
        async append(fd, buffers, position) {
          if (how === 'refuses') throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
          if (how === 'is full at once') return 0
          const [head = Buffer.alloc(0), pixels = Buffer.alloc(0)] = buffers
          written++
          return real.append(fd, written > 1 ? [head, pixels.subarray(0, 99)] : buffers, position)
        },
      })
      const opened = open(place, {
        disk,
        onProblem: (path, message) => problems.push(`${path}: ${message}`),
      })
      const first = await all(opened)
      expect(await all(opened)).toEqual(first)
      await opened.close()
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(place.folder)
      expect(first).toEqual(await once(place, { limitBytes: 0 }))
      expect(await once(place)).toEqual(first)
    },
  )

  test('and has no place for the folder leaves the run as it is', async () => {
    const place = await dataset()
    writeFileSync(place.folder, 'a file')
    const problems: string[] = []
    const found = await once(place, { onProblem: (path) => problems.push(path) })
    expect(problems).toEqual([place.folder])
    expect(found).not.toContain(null)
  })
})

test.skipIf(process.platform === 'win32')(
  'a file to which there is no way any more is one that cannot be read, with a cache and without',
  async () => {
    for (const withCache of [true, false]) {
      const place = await dataset()
      const path = join(place.rootPath, 'small.jpg')
      rmSync(path)
      symlinkSync(path, path) // in a circle: like a folder without rights, it is no file that is merely gone
      const problems: string[] = []
      const onProblem = (name: string, message: string): unknown => problems.push(`${name}: ${message}`)
      const found = await once(place, withCache ? { onProblem } : { onProblem, diskCache: null })
      expect(found.map((one) => one === null)).toEqual([false, false, false, true])
      expect(problems).toEqual([
        expect.stringMatching(/^small\.jpg: The image .* cannot be read: its links form a loop/),
      ])
    }
  },
)

test('two runs at once do not disturb each other, and a later one uses what either wrote', async () => {
  const place = await dataset()
  const [one, other] = [open(place), open(place)]
  const [first, second] = await Promise.all([all(one), all(other)])
  expect(first).toEqual(second)
  expect(await all(one)).toEqual(first)
  await Promise.all([one.close(), other.close()])
  expect(cacheFiles(place)).toHaveLength(2)
  hide(place)
  expect(await once(place)).toEqual(first)
})

/** The real disk but for what a test changes. */
function fakeDisk(changes: Partial<CacheDisk>): CacheDisk {
  return { ...realDisk, ...changes }
}
