import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScanResult } from '../../src/main/datasets/scan-result'
import { buildProgram } from '../support/build-trainer'
import { temporaryFolder, writeTree } from '../images/support/images'
import { imageBytes, makeImages, scan } from './support/scan-helpers'

const rootPath = mkdtempSync(join(tmpdir(), 'bitw-data-'))
let threadPath = ''
let alone: ScanResult

beforeAll(async () => {
  await makeImages()
  threadPath = await buildProgram('indexer')
  const files: Record<string, Buffer | string> = {
    'cat/1.jpg': imageBytes(0),
    'cat/damaged.jpg': imageBytes(0).subarray(0, -100),
    'cat/empty.jpg': '',
    'cat/text.jpg': 'no image',
  }
  for (let index = 0; index < 70; index++) files[`dog/${String(index)}.jpg`] = imageBytes(index % 8)
  await writeTree(rootPath, files)
  alone = await scan(rootPath)
})

afterAll(() => rm(rootPath, { recursive: true, force: true }))

/** A program in the place of the thread's. */
function threadOf(code: string): string {
  const path = join(temporaryFolder(), 'thread.cjs')
  writeFileSync(path, code)
  return path
}

describe('images that threads look at', () => {
  test('are found as without them, faulty ones too', async () => {
    expect(alone.problems).toHaveLength(3)
    expect(await scan(rootPath, { threadPath })).toEqual(alone)
  })

  test.each([
    ['cannot start', 'throw new Error("no")'],
    [
      'ends at the first question',
      `require('node:worker_threads').parentPort.on('message', () => process.exit(1))`,
    ],
  ])('are found all the same where a thread %s', async (_, code) => {
    expect(await scan(rootPath, { threadPath: threadOf(code) })).toEqual(alone)
  })

  test('are found all the same without the program of the thread', async () => {
    const missing = join(temporaryFolder(), 'indexer.cjs')
    expect(await scan(rootPath, { threadPath: missing })).toEqual(alone)
  })

  test('are given up at once when the import is cancelled', async () => {
    const ending = new AbortController()
    const silent = threadOf(`require('node:worker_threads').parentPort.on('message', () => undefined)`)
    const scanned = scan(rootPath, {
      threadPath: silent,
      signal: ending.signal,
      onProgress: ({ phase }) => {
        if (phase === 'Finding images') setImmediate(() => ending.abort())
      },
    })
    await expect(scanned).rejects.toMatchObject({ code: 'cancelled' })
  })
})
