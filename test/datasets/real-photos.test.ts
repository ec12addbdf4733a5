import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { decodeImage, decodeSquare } from '../../src/main/images/decode'
import { scanDataset } from '../../src/main/datasets/scan'
import { differenceFromExact } from '../images/support/parity'

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

test.for([40, 64, 96, 160, 224, 448])(
  'real photos at %i px are within 0.5 levels of the antialiased resize of the whole image on average',
  async (px, context) => {
    if (folder === null) return context.skip(absence)
    for (const path of somePhotos(folder)) {
      const { mean } = await differenceFromExact(path, px, await decodeImage(path, px))
      expect(mean).toBeLessThan(0.5)
    }
  },
)

test('real photos: 17 kinds of flowers are imported whole', async (context) => {
  if (folder === null) return context.skip(absence)
  const result = await scanDataset({
    source: { kind: 'folder', path: folder },
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
  const square = await decodeSquare(join(result.source.path, result.images[0]?.key ?? ''), 128)
  expect(new Set(square).size).toBeGreaterThan(100)
})
