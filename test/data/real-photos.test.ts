import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { decodeSquare } from '../../src/main/data/decode'
import { scanDataset } from '../../src/main/data/scan'
import { temporaryFolder } from './pictures'

// Not part of the project: 17 kinds of flowers (Nilsback & Zisserman 2006), for research use.
const archive = resolve('../shared/data/flowers17-sample.zip')

test('real photos: 17 kinds of flowers are imported whole', async (context) => {
  if (!existsSync(archive)) return context.skip(`the archive of real photos is not here: ${archive}`)
  const folder = temporaryFolder()
  execFileSync('python3', ['-m', 'zipfile', '-e', archive, folder])
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
