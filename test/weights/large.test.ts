/** Files larger than memory should hold twice, and than 32 bits can count. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elementCount, parameterShapes, parseModel } from '../../src/domain/model/spec'
import { inspectWeights } from '../../src/main/weights/inspect'
import { writeNpz } from '../../src/main/weights/npz'
import { readWeights } from '../../src/main/weights/read'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import type { WeightSet } from '../../src/main/weights/weight-set'
import { buildEntry } from '../support/build-trainer'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-large-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Ones, so that no page of them is missing in memory. */
function ones(model: string, classCount: number): WeightSet {
  return new Map(
    parameterShapes(parseModel(model).spec, classCount).map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(elementCount(shape)).fill(1) },
    ]),
  )
}

/** Moves all but the first entry of an npz with Zip64 offsets by `gapBytes`, over a hole that takes no room on the disk. */
async function withHole(path: string, gapBytes: number): Promise<string> {
  const bytes = await readFile(path)
  const gap = BigInt(gapBytes)
  const directory = bytes.indexOf('PK\x01\x02', 'latin1')
  const second = bytes.indexOf('PK\x03\x04', 4, 'latin1')
  const add = (at: number): void => void bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) + gap, at)
  for (let at = directory; bytes.readUInt32LE(at) === 0x02014b50;) {
    const nameBytes = bytes.readUInt16LE(at + 28)
    const extraBytes = bytes.readUInt16LE(at + 30)
    const offsetAt = at + 46 + nameBytes + 4
    if (bytes.readBigUInt64LE(offsetAt) > 0n) add(offsetAt)
    at += 46 + nameBytes + extraBytes
  }
  add(bytes.indexOf('PK\x06\x06', 'latin1') + 48)
  add(bytes.indexOf('PK\x06\x07', 'latin1') + 8)
  const sparse = `${path}.sparse`
  const handle = await open(sparse, 'w')
  await handle.write(bytes, 0, second, 0)
  await handle.write(bytes, second, bytes.length - second, second + gapBytes)
  await handle.close()
  return sparse
}

describe('a file beyond 4 GiB', () => {
  it('is read at its Zip64 offsets', async () => {
    const weights = ones('units:1-1-1-1,width:0.5', 3)
    const path = join(folder, 'wide.npz')
    await writeNpz(weights, path, 0)
    const sparse = await withHole(path, 5e9)
    expect((await stat(sparse)).size).toBeGreaterThan(5e9)
    expect(await inspectWeights(sparse)).toMatchObject({
      spec: { units: [1, 1, 1, 1], width: 0.5 },
      classCount: 3,
    })
    const read = await readWeights(sparse)
    expect([...read.keys()]).toEqual([...weights.keys()])
    expect([...read.values()].every(({ data }) => data.every((value) => value === 1))).toBe(true)
  })
})

describe('the memory of reading', () => {
  it.each([
    ['npz', writeNpz],
    ['safetensors', writeSafetensors],
  ] as const)(
    'a .%s is that of its weights and little more, not twice that of the file',
    async (extension, write) => {
      const weights = ones('R50x1', 1000)
      const path = join(folder, `whole.${extension}`)
      await write(weights, path)
      const child = await buildEntry('read-in-child', resolve('test/weights/support/read-in-child.ts'))
      const { weightBytes, beforeBytes, peakBytes } = JSON.parse(
        execFileSync(process.execPath, [child, path], { encoding: 'utf8' }),
      ) as Record<'weightBytes' | 'beforeBytes' | 'peakBytes', number>
      expect(weightBytes).toBe(102_197_408)
      // pieces of 4 MiB that wait to be collected come on top
      expect((peakBytes - beforeBytes) / weightBytes).toBeLessThan(1.7)
    },
  )
})
