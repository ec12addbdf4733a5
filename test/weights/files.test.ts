import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initialWeights } from '../../src/main/trainer/network/initialize'
import { forward, standardizeAll } from '../../src/main/trainer/network/resnet-v2'
import { parameterShapes, parseModel } from '../../src/domain/model/spec'
import { inspectWeights } from '../../src/main/weights/inspect'
import { writeNpz } from '../../src/main/weights/npz'
import { adaptWeights, readWeights } from '../../src/main/weights/read'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import { publishedFromTimm, timmFromPublished } from '../../src/main/weights/timm-names'
import type { WeightSet } from '../../src/main/weights/weight-set'
import { loadTestEngine } from '../trainer/support/engine'
import { formulaImages } from '../trainer/support/formula'
import { logitsReference, referenceFolder } from '../trainer/support/reference'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-weights-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

const reference = logitsReference('half')
const spec = { units: reference.blocks, width: reference.widthFactor }

function logits(weights: WeightSet): number[] {
  const { batch, px } = reference
  return tf.tidy(() => {
    const images = tf.tensor4d(formulaImages(batch, px), [batch, px, px, 3])
    const parameters = new Map(
      [...weights].map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
    )
    return [...forward(standardizeAll(parameters), images, spec).dataSync()]
  })
}

function expectSame(actual: WeightSet, expected: WeightSet): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [name, { shape, data }] of expected) {
    expect(actual.get(name)?.shape, name).toEqual(shape)
    const given = actual.get(name)?.data
    expect(given?.length === data.length && data.every((value, i) => Object.is(value, given[i])), name).toBe(
      true,
    )
  }
}

describe('published weight files', () => {
  it.each(['half.npz', 'half.safetensors'])('%s gives the reference logits', async (file) => {
    const { weights, notes } = adaptWeights(
      await readWeights(join(referenceFolder, file)),
      spec,
      reference.classes,
      'kept',
    )
    const actual = logits(weights)
    reference.logitsNk
      .flat()
      .forEach((expected, i) => expect(Math.abs((actual[i] ?? NaN) - expected)).toBeLessThan(1e-4))
    expect(notes).toEqual([`Keeping the file's head of 5 classes.`])
  })

  it('both hold the same tensors', async () => {
    expectSame(
      await readWeights(join(referenceFolder, 'half.npz')),
      await readWeights(join(referenceFolder, 'half.safetensors')),
    )
  })
})

describe('written weight files', () => {
  it.each([
    ['npz', writeNpz],
    ['safetensors', writeSafetensors],
  ] as const)('%s comes back bit by bit, and leaves nothing beside it', async (extension, write) => {
    const weights = initialWeights(spec, 7, 3)
    const own = await mkdtemp(join(folder, 'round-'))
    const path = join(own, `round trip.${extension}`)
    await write(weights, path)
    expectSame(await readWeights(path), weights)
    expect(await readdir(own)).toEqual([`round trip.${extension}`])
  })

  it.each(['+bn', '+plain', '+bn+plain'])('of a model with %s tell which layers it has', async (layers) => {
    const { spec: other } = parseModel(`units:1-1-1-1,width:0.5${layers}`)
    const weights = initialWeights(other, 2, 3)
    for (const [extension, write] of [
      ['npz', writeNpz],
      ['safetensors', writeSafetensors],
    ] as const) {
      const path = join(folder, `layers${layers}.${extension}`)
      await write(weights, path)
      expectSame(await readWeights(path), weights)
      expect((await inspectWeights(path)).spec).toEqual(other)
    }
  })

  it('npz with Zip64 records comes back too', async () => {
    const weights = initialWeights(spec, 2, 3)
    const path = join(folder, 'wide.npz')
    await writeNpz(weights, path, 1000)
    expectSame(await readWeights(path), weights)
  })

  it('the same weights give the same bytes', async () => {
    const weights = initialWeights(spec, 2, 3)
    await writeNpz(weights, join(folder, 'one.npz'))
    await writeNpz(weights, join(folder, 'two.npz'))
    expect((await readFile(join(folder, 'one.npz'))).equals(await readFile(join(folder, 'two.npz')))).toBe(
      true,
    )
  })

  it('a failed write keeps the old file and leaves no half one', async () => {
    const own = await mkdtemp(join(folder, 'fail-'))
    const path = join(own, 'kept.safetensors')
    await writeFile(path, 'old')
    const foreign: WeightSet = new Map([['something/else', { shape: [1], data: new Float32Array(1) }]])
    await expect(writeSafetensors(foreign, path)).rejects.toThrow('something/else')
    expect((await stat(path)).size).toBe(3)
    await expect(writeNpz(initialWeights(spec, 2, 1), join(own, 'missing', 'x.npz'))).rejects.toThrow(
      /ENOENT/,
    )
    expect(await readdir(own)).toEqual(['kept.safetensors'])
  })
})

describe('names', () => {
  it('go to timm and back for every parameter of every depth', () => {
    for (const { name } of parameterShapes(parseModel('R152x1').spec, 3)) {
      expect(publishedFromTimm(timmFromPublished(name))).toBe(name)
    }
  })

  it('of BatchNorm and plain convolutions too, which timm does not tell apart', () => {
    const { spec: other } = parseModel('units:2-1-1-1,width:1+bn+plain')
    for (const { name } of parameterShapes(other, 3)) {
      expect(publishedFromTimm(timmFromPublished(name), other)).toBe(name)
    }
    expect(timmFromPublished('resnet/block2/unit03/b/batch_norm/moving_variance')).toBe(
      'stages.1.blocks.2.norm2.running_var',
    )
    expect(publishedFromTimm('norm.running_mean')).toBeNull()
  })

  it.each([
    'resnet/root_block/conv2d/bias',
    'resnet/block1/unit01/b/proj/conv2d/kernel',
    'resnet/head/group_norm/beta',
  ])('%s is no name of the model', (name) => {
    expect(() => timmFromPublished(name)).toThrow(name)
  })
})

describe('adapting weights to a model', () => {
  const weights = initialWeights(spec, 21, 1)

  it('puts a new zero head where the number of classes differs, and says so', () => {
    const adapted = adaptWeights(weights, spec, 5, 'kept')
    expect(adapted.weights.get('resnet/head/conv2d/kernel')?.shape).toEqual([1, 1, 1024, 5])
    expect(adapted.weights.get('resnet/head/conv2d/kernel')?.data.every((value) => value === 0)).toBe(true)
    expect(adapted.notes).toEqual([
      `The file's head has 21 classes; the new head of 5 classes starts from zeros.`,
    ])
  })

  it('starts the head from zeros for a fine-tuning even where the file has as many classes', () => {
    const learnt = new Map(weights)
    learnt.set('resnet/head/conv2d/bias', { shape: [21], data: new Float32Array(21).fill(1) })
    const adapted = adaptWeights(learnt, spec, 21, 'new')
    expect(adapted.weights.get('resnet/head/conv2d/bias')?.data).toEqual(new Float32Array(21))
    expect(adapted.notes).toEqual([
      `The file's head has 21 classes; the new head of 21 classes starts from zeros.`,
    ])
    expect(adaptWeights(learnt, spec, 21, 'kept').weights.get('resnet/head/conv2d/bias')?.data[0]).toBe(1)
  })

  it('takes a file without a head', () => {
    const headless = new Map([...weights].filter(([name]) => !name.startsWith('resnet/head')))
    expect(adaptWeights(headless, spec, 5, 'kept').notes[0]).toMatch(/no head/)
  })

  it('names the tensor that is missing, misshapen or too much', () => {
    const kernel = 'resnet/block2/unit01/b/standardized_conv2d/kernel'
    const missing = new Map([...weights].filter(([name]) => name !== kernel))
    expect(() => adaptWeights(missing, spec, 5, 'kept')).toThrow(`${kernel} is missing`)
    expect(() => adaptWeights(weights, { ...spec, width: 1 }, 5, 'kept')).toThrow(
      /root_block.*\[7, 7, 3, 32\] instead of \[7, 7, 3, 64\]/,
    )
    const larger = initialWeights({ ...spec, units: [2, 1, 1, 1] }, 21, 1)
    expect(() => adaptWeights(larger, spec, 5, 'kept')).toThrow(
      /block1\/unit02.* which the model does not have/,
    )
  })
})
