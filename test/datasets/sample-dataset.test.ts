import { hash } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeSquare } from '../../src/main/images/decode'
import { drawSampleDataset, type SampleFacts } from '../../src/main/datasets/sample-dataset'
import { drawScene, sampleClasses } from '../../src/main/datasets/sample/scene'
import { dice } from '../../src/main/datasets/sample/sketch'
import { randomStream } from '../../src/domain/random'
import { scanDataset } from '../../src/main/datasets/scan'
import type { ScanResult } from '../../src/main/datasets/scan-result'
import { temporaryFolder } from '../images/support/images'

const never = new AbortController().signal

describe('the sample dataset of seed 0', () => {
  let facts: SampleFacts
  let scanned: ScanResult
  let target = ''

  beforeAll(async () => {
    target = mkdtempSync(join(tmpdir(), 'bitw-sample-'))
    facts = await drawSampleDataset(target, 0, never, () => undefined)
    const split = { valFraction: 0.1, testFraction: 0.2, seed: 0 }
    scanned = await scanDataset({
      source: { kind: 'folder', path: join(target, 'images') },
      split,
      signal: never,
      onProgress: () => undefined,
    })
    return () => rm(target, { recursive: true, force: true })
  })

  test('has its classes and images, in several formats and shapes, some turned by EXIF, without a fault', () => {
    expect(scanned.classNames).toEqual(sampleClasses.map(({ name }) => name))
    expect(scanned.images).toHaveLength(facts.imageCount)
    expect(facts.imageCount).toBe(1200)
    expect(scanned.problems).toEqual([])
    expect(new Set(scanned.images.map((image) => image.format))).toEqual(new Set(['jpeg', 'png', 'webp']))
    expect(scanned.images.filter((image) => image.orientation === 6).length).toBeGreaterThan(10)
    expect(new Set(scanned.images.map((image) => `${image.widthPx}×${image.heightPx}`)).size).toBeGreaterThan(
      100,
    )
    expect(new Set(scanned.images.map((image) => image.contentHash)).size).toBe(facts.imageCount)
  })

  test('knows its wrong labels and near-duplicates, beside the images', async () => {
    const known: unknown = JSON.parse(await readFile(join(target, 'known.json'), 'utf8'))
    expect(known).toEqual({ seed: 0, ...facts })
    expect(facts.wrongLabels).toHaveLength(35)
    for (const { path, trueClass } of facts.wrongLabels) {
      expect(existsSync(join(target, 'images', path))).toBe(true)
      expect(dirname(path)).not.toBe(trueClass)
    }
    expect(facts.nearDuplicates).toHaveLength(24)
    const difference = async (a: string, b: string): Promise<number> => {
      const first = await decodeSquare(join(target, 'images', a), 12)
      const second = await decodeSquare(join(target, 'images', b), 12)
      return (
        first.reduce((sum, value, index) => sum + Math.abs(value - (second[index] ?? 0)), 0) / first.length
      )
    }
    const [ofPairs, ofOthers]: [number[], number[]] = [[], []]
    for (const [index, [a, b]] of facts.nearDuplicates.entries()) {
      ofPairs.push(await difference(a, b))
      ofOthers.push(await difference(a, facts.nearDuplicates[(index + 7) % 24]?.[1] ?? ''))
    }
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(ofPairs) * 2).toBeLessThan(mean(ofOthers))
  })
})

test('the same seed draws the same pixels, another seed others', async () => {
  for (const { draw } of sampleClasses) {
    const digest = async (seed: number): Promise<string> =>
      hash('sha256', (await drawScene(draw, dice(randomStream(seed)))).pixels, 'hex')
    expect(await digest(1)).toBe(await digest(1))
    expect(await digest(2)).not.toBe(await digest(1))
  }
})

test('drawing can be cancelled', async () => {
  const target = temporaryFolder()
  const controller = new AbortController()
  const drawing = drawSampleDataset(target, 1, controller.signal, ({ done }) => {
    if (done >= 5) controller.abort()
  })
  await expect(drawing).rejects.toMatchObject({ code: 'cancelled' })
  expect((await readdir(target)).includes('known.json')).toBe(false)
})
