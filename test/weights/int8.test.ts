import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectWeights } from '../../src/main/weights/inspect'
import { readWeights } from '../../src/main/weights/read'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import { formulaWeights } from '../trainer/support/formula'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-int8-'))
})
afterAll(() => rm(folder, { recursive: true }))

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }

interface Described {
  dtype: string
  shape: number[]
  data_offsets: [number, number]
}

/** Writes the file anew with another header over the same numbers. */
async function withHeader(
  path: string,
  change: (header: Record<string, Described>) => void,
): Promise<string> {
  const bytes = await readFile(path)
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, Described>
  change(header)
  const text = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(text.length))
  const target = `${path}.changed`
  await writeFile(target, Buffer.concat([prefix, text, bytes.subarray(8 + length)]))
  return target
}

describe('kernels in 8 bits', () => {
  it('come back within half a step of each output channel, all else exactly, in a quarter of the size', async () => {
    const weights = formulaWeights(spec, 7)
    const [small, large] = [join(folder, 'small.safetensors'), join(folder, 'large.safetensors')]
    await writeSafetensors(weights, small, { 'bitw.name': 'x' }, 'int8')
    await writeSafetensors(weights, large)
    expect((await stat(small)).size / (await stat(large)).size).toBeLessThan(0.27)
    const read = await readWeights(small)
    expect([...read.keys()].sort()).toEqual([...weights.keys()].sort())
    for (const [name, { shape, data }] of weights) {
      const found = read.get(name)
      expect(found?.shape, name).toEqual(shape)
      const outputs = shape.length === 4 ? (shape[3] ?? 1) : 0
      for (let output = 0; output < outputs; output++) {
        let [largest, far] = [0, 0]
        for (let index = output; index < data.length; index += outputs) {
          largest = Math.max(largest, Math.abs(data[index] ?? 0))
          far = Math.max(far, Math.abs((data[index] ?? 0) - (found?.data[index] ?? NaN)))
        }
        expect(far, name).toBeLessThanOrEqual((largest / 127 / 2) * (1 + 1e-5))
      }
      if (outputs === 0) expect(found?.data, name).toEqual(data)
    }
    expect(await inspectWeights(small)).toMatchObject({ spec, classCount: 7, metadata: { 'bitw.name': 'x' } })
  })

  it('of zeros stay zeros', async () => {
    const weights = formulaWeights(spec, 7)
    weights.get('resnet/head/conv2d/kernel')?.data.fill(0)
    const path = join(folder, 'zero.safetensors')
    await writeSafetensors(weights, path, {}, 'int8')
    expect((await readWeights(path)).get('resnet/head/conv2d/kernel')?.data.every((v) => v === 0)).toBe(true)
  })

  it.each<[string, (header: Record<string, Described>) => void, RegExp]>([
    [
      'with factors of another kernel’s size',
      (header) => {
        const scale = header['stem.conv.weight.scale']
        if (scale !== undefined) scale.shape = [8, 4]
      },
      /stem\.conv\.weight has the type I8 but no matching \.scale/,
    ],
    [
      'whose factors are named for another tensor',
      (header) => {
        header['norm.weight.scale'] = header['stem.conv.weight.scale'] as Described
        delete header['stem.conv.weight.scale']
      },
      /stem\.conv\.weight has the type I8 but no matching \.scale/,
    ],
    [
      'with factors of what is no kernel',
      (header) => {
        header['norm.weight.scale'] = header['norm.weight'] as Described
        delete header['norm.weight']
      },
      /norm\.weight\.scale does not belong to an I8 kernel/,
    ],
  ])('%s are refused', async (_, change, message) => {
    const path = join(folder, 'hostile.safetensors')
    await writeSafetensors(formulaWeights(spec, 7), path, {}, 'int8')
    const changed = await withHeader(path, change)
    await expect(readWeights(changed)).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringMatching(message) as string,
    })
  })
})
