/** BatchNorm and plain convolutions against PyTorch and timm: evaluation, a training step, the moving averages, the names in a file. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { trainerEnvironment } from '../../../src/main/engine/environment'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import { isStatistic, parseModel } from '../../../src/domain/model/spec'
import { writeSafetensors } from '../../../src/main/weights/safetensors'
import { timmFromPublished } from '../../../src/main/weights/timm-names'
import type { WeightSet } from '../../../src/main/weights/weight-set'
import { createTrainState } from '../../../src/main/trainer/step/create-state'
import { pythonWith } from '../support/python'
import { loadTestEngine } from '../support/engine'
import { formula, formulaImages } from '../support/formula'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-timm-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

const modules = ['torch', 'timm', 'safetensors', 'numpy']
const python = pythonWith(modules)
const [batch, px, classCount, rate] = [8, 64, 3, 0.01]
const answerSchema = z.object({
  before: z.array(z.number()),
  loss: z.number(),
  after: z.array(z.number()),
  statistics: z.record(z.string(), z.array(z.number())),
})

/** Kernels of their usual size, everything else away from its start. */
function weightsOf(model: string): WeightSet {
  const weights = initialWeights(parseModel(model).spec, classCount, 4)
  for (const [name, { shape }] of weights) {
    if (shape.length === 4 && !name.includes('/head/')) continue
    const [scale, offset] = /gamma$|variance$/.test(name) ? [0.4, 1] : [0.1, 0]
    weights.set(name, { shape, data: formula(name, shape, scale, offset) })
  }
  return weights
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs))

function expectNear(
  found: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  const far = largest(expected.map((value, index) => value - (found[index] ?? NaN)))
  expect(far / largest(expected), what).toBeLessThan(tolerance)
}

describe.skipIf(python === null)(
  `the layers against timm${python === null ? ` (needs BITW_TEST_PYTHON with ${modules.join(', ')})` : ''}`,
  () => {
    it.each(['', '+bn', '+plain', '+bn+plain'])('units:1-2-1-1,width:0.5%s', async (layers) => {
      const model = `units:1-2-1-1,width:0.5${layers}`
      const { spec } = parseModel(model)
      const path = join(folder, `model${layers}.safetensors`)
      await writeSafetensors(weightsOf(model), path)
      const images = formulaImages(batch, px)
      const words = [
        path,
        spec.units.join('-'),
        spec.width,
        spec.norm ?? 'group',
        spec.convolution ?? 'standardized',
      ]
      const { stdout, stderr } = spawnSync(
        python ?? '',
        ['test/trainer/support/timm_layers.py', ...[...words, classCount, batch, px, rate].map(String)],
        { input: new Uint8Array(images.buffer), env: trainerEnvironment(process.env), maxBuffer: 1e8 },
      )
      if (stdout.length === 0) throw new Error(stderr.toString())
      const expected = answerSchema.parse(JSON.parse(stdout.toString()))

      const state = await createTrainState(weightsOf(model), {
        spec,
        classCount,
        momentum: 0.9,
        microBatchSize: batch,
        cropPx: px,
        precision: 'float32',
      })
      const scaled = { kind: 'scaled', imagesNhwc: images } as const
      expectNear(await state.predict(scaled, batch), expected.before, 1e-4, 'logits before')
      const labels = new Float32Array(batch * classCount)
      for (let row = 0; row < batch; row += 1) labels[row * classCount + (row % classCount)] = 1
      await state.begin()
      const { lossSum } = await state.accumulate(scaled, labels, batch, batch)
      await state.apply(rate)
      expect(Math.abs(lossSum / batch / expected.loss - 1)).toBeLessThan(1e-4)
      // a kink of ReLU may fall on the other side (CONTRIBUTING.md)
      expectNear(await state.predict(scaled, batch), expected.after, 1e-2, 'logits after a step')
      const statistics = state.tensorHeaders().filter(({ name }) => isStatistic(name))
      expect(statistics.map(({ name }) => timmFromPublished(name)).sort()).toEqual(
        Object.keys(expected.statistics).sort(),
      )
      for (const { name } of statistics) {
        expectNear(
          await state.readTensor(name),
          expected.statistics[timmFromPublished(name)] ?? [],
          1e-4,
          name,
        )
      }
      state.dispose()
    })
  },
)
