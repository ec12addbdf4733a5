import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { decodePicture, decodeSquare, openUpright } from '../../src/main/data/decode'
import { sharp } from '../../src/main/data/image-library'
import { scanDataset } from '../../src/main/data/scan'

// Not part of the project: 17 kinds of flowers (Nilsback & Zisserman 2006), for research use.
const archive = resolve('../shared/data/flowers17-sample.zip')

let folder: string | null = null

beforeAll(() => {
  if (!existsSync(archive)) return
  const unpacked = (folder = mkdtempSync(join(tmpdir(), 'bitw-flowers-')))
  execFileSync('python3', ['-m', 'zipfile', '-e', archive, unpacked])
  return () => rmSync(unpacked, { recursive: true, force: true })
})

const absence = `the archive of real photos is not here: ${archive}`

/** Every 40th photo. */
function somePhotos(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.jpg'),
  )
  return paths.filter((_, index) => index % 40 === 0).map((path) => join(root, path))
}

test('real photos: a plain one comes out of the short way as it does of the long one', async (context) => {
  if (folder === null) return context.skip(absence)
  for (const path of somePhotos(folder)) {
    const upright = await openUpright(await readFile(path))
    const whole = await upright.resize(448, 448, { fit: 'fill', kernel: 'linear' }).raw().toBuffer()
    expect((await decodePicture(path, 448)).pixels.length).toBeLessThanOrEqual(whole.length)
    const { pixels, widthPx, heightPx } = await decodePicture(path, 224)
    const small = await (
      await openUpright(await readFile(path))
    )
      .resize(224, 224, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer()
    expect([widthPx, heightPx]).toEqual([224, 224])
    expect(Buffer.compare(pixels, small)).toBe(0)
  }
})

// Half, a quarter or an eighth of a JPEG is taken from its DCT, and resized from there. Over 68 of these photos the largest difference from
// the exact way is 70 of 255 (at a hard edge) and the mean 1.02 at 160 px; 49 and 1.33 at 64 px; none at 224 px and above.
test.for([
  [448, 0, 0],
  [160, 100, 1.5],
  [64, 100, 2],
] as const)(
  'real photos at %i px: shrinking while loading differs by at most %i, and %f on average',
  async ([px, most, mean], context) => {
    if (folder === null) return context.skip(absence)
    let [largest, sum, count] = [0, 0, 0]
    for (const path of somePhotos(folder)) {
      const exact = await sharp(path)
        .resize(px, px, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false, withoutEnlargement: true })
        .raw()
        .toBuffer()
      const { pixels } = await decodePicture(path, px)
      expect(pixels).toHaveLength(exact.length)
      pixels.forEach((value, index) => {
        const distance = Math.abs(value - (exact[index] ?? NaN))
        largest = Math.max(largest, distance)
        sum += distance
      })
      count += pixels.length
    }
    expect(largest).toBeLessThanOrEqual(most)
    expect(sum / count).toBeLessThanOrEqual(mean)
  },
)

test('real photos: 17 kinds of flowers are imported whole', async (context) => {
  if (folder === null) return context.skip(absence)
  const result = await scanDataset({
    rootPath: folder,
    split: { valFraction: 0.1, testFraction: 0.2, seed: 0 },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  })
  expect(result.problems).toEqual([])
  expect(result.classNames).toHaveLength(17)
  expect(result.classNames).toContain('Lily Valley')
  expect(result.images).toHaveLength(680)
  expect(
    ['train', 'val', 'test'].map((part) => result.split.parts.filter((each) => each === part).length),
  ).toEqual([476, 68, 136])
  const square = await decodeSquare(join(result.rootPath, result.images[0]?.path ?? ''), 128)
  expect(new Set(square).size).toBeGreaterThan(100)
})
