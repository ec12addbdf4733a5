import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../src/contract/entities/model'
import { initialWeights } from '../../src/main/trainer/network/initialize'
import { inspectWeights } from '../../src/main/weights/inspect'
import { readModelMetadata, writeModelMetadata } from '../../src/main/weights/model-metadata'
import { writeNpz } from '../../src/main/weights/npz'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import type { WeightSet, WeightTensor } from '../../src/main/weights/weight-set'
import { referenceFolder } from '../trainer/support/reference'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-inspect-'))
})
afterAll(() => rm(folder, { recursive: true }))

const spec: ModelSpec = { units: [2, 1, 1, 1], width: 0.5 }
const weights = initialWeights(spec, 7, 1)
const body = new Map([...weights].filter(([name]) => !name.startsWith('resnet/head')))

let fileCount = 0
const written = async (set: WeightSet, extension: 'npz' | 'safetensors' = 'npz'): Promise<string> => {
  fileCount += 1
  const path = join(folder, `${String(fileCount)}.${extension}`)
  await (extension === 'npz' ? writeNpz(set, path) : writeSafetensors(set, path))
  return path
}
const changed = (change: (set: WeightSet) => void): Promise<string> => {
  const set = new Map(weights)
  change(set)
  return written(set)
}

describe('inspecting weights', () => {
  it.each(['npz', 'safetensors'] as const)('tells the model of a .%s by its shapes', async (extension) => {
    const facts = await inspectWeights(await written(weights, extension))
    expect(facts).toMatchObject({ format: extension, spec, classCount: 7 })
    expect(facts.tensors).toEqual(new Map([...weights].map(([name, { shape }]) => [name, shape])))
    expect(await inspectWeights(await written(body, extension))).toMatchObject({ spec, classCount: null })
  })

  it('takes what others wrote', async () => {
    for (const file of ['half.npz', 'half.safetensors']) {
      expect(await inspectWeights(join(referenceFolder, file))).toMatchObject({
        spec: { units: [1, 1, 1, 1], width: 0.5 },
        classCount: 5,
      })
    }
  })

  const kernel = 'resnet/block3/unit01/b/standardized_conv2d/kernel'
  const small: WeightTensor = { shape: [2], data: new Float32Array(2) }
  it.each<[string, (set: WeightSet) => void, RegExp]>([
    [
      'a tensor missing',
      (set) => set.delete(kernel),
      /block3\/unit01\/b\/standardized_conv2d\/kernel is missing/,
    ],
    [
      'another shape',
      (set) => set.set(kernel, small),
      /block3\/unit01\/b\/.*kernel has the shape \[2\] instead of \[3, 3, 128, 128\]/,
    ],
    [
      'a tensor too many',
      (set) => set.set('resnet/extra', small),
      /the tensor resnet\/extra, which the model/,
    ],
    [
      'a unit too many, in part',
      (set) => set.set('resnet/block4/unit02/a/group_norm/gamma', small),
      /block4\/unit02\/a\/group_norm\/gamma has the shape \[2\] instead of \[1024\]/,
    ],
    ['half a head', (set) => set.delete('resnet/head/conv2d/kernel'), /head\/conv2d\/kernel is missing/],
    [
      'a head of no classes',
      (set) => set.set('resnet/head/conv2d/bias', { shape: [0], data: new Float32Array(0) }),
      /head\/conv2d\/bias has no classes/,
    ],
    [
      'a width of no BiT',
      (set) => set.set('resnet/root_block/standardized_conv2d/kernel', small),
      /root_block\/standardized_conv2d\/kernel has the shape \[2\], which no BiT model has/,
    ],
    [
      'no root',
      (set) => set.delete('resnet/root_block/standardized_conv2d/kernel'),
      /root_block\/.*kernel is missing/,
    ],
    [
      'a block missing',
      (set) => [...set.keys()].filter((name) => name.includes('block2')).forEach((name) => set.delete(name)),
      /no tensor of resnet\/block2/,
    ],
  ])('%s: refused, naming it', async (_, change, message) => {
    const path = await changed(change)
    await expect(inspectWeights(path)).rejects.toThrow(message)
    await expect(inspectWeights(path)).rejects.toMatchObject({ code: 'bad-weights' })
  })

  it('names that would trip a terminal are made fit to be read', async () => {
    const path = await changed((set) => set.set('resnet/\u001b[31m', small))
    await expect(inspectWeights(path)).rejects.toThrow('the tensor resnet/?[31m, which')
  })
})

describe('what a file says of its model', () => {
  const said = {
    name: 'Pets',
    classNames: ['cat', 'dog'],
    cropPx: 128,
    loss: 'sigmoid' as const,
    trainedOn: 'Pets, 500 steps.',
    figures: [{ what: 'Pets, test', value: '93.2 %' }],
  }

  it('travels with a .safetensors', async () => {
    const path = join(folder, 'said.safetensors')
    await writeSafetensors(body, path, writeModelMetadata(said))
    expect(readModelMetadata((await inspectWeights(path)).metadata, 2)).toEqual(said)
  })

  it('counts only where it makes sense', async () => {
    const nothing = {
      name: null,
      classNames: null,
      cropPx: null,
      loss: null,
      trainedOn: null,
      figures: null,
    }
    expect(readModelMetadata({}, 2)).toEqual(nothing)
    expect(readModelMetadata(writeModelMetadata(said), 3)).toEqual({ ...said, classNames: null })
    const nonsense = {
      'bitw.name': ' ',
      'bitw.classNames': '[1, 2',
      'bitw.cropPx': '"x"',
      'bitw.loss': 'hinge',
      'bitw.trainedOn': '',
      'bitw.figures': '[{"what": 1}]',
    }
    expect(readModelMetadata(nonsense, 2)).toEqual(nothing)
  })

  it('is refused where it is no text', async () => {
    const json = Buffer.from(JSON.stringify({ __metadata__: { a: { b: 1 } } }))
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(json.length))
    const path = join(folder, 'metadata.safetensors')
    await writeFile(path, Buffer.concat([length, json]))
    await expect(inspectWeights(path)).rejects.toThrow(/damaged at the tensor __metadata__/)
  })
})
