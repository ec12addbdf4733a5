import { describe, expect, it } from 'vitest'
import type { Overrides, UpstreamPreset } from '../../../src/contract/entities/run'
import { recipeSchema, upstreamPresetSchema } from '../../../src/contract/entities/run'
import { learningRate } from '../../../src/domain/rules/schedule'
import { upstreamRule } from '../../../src/domain/rules/upstream-rule'

const ilsvrc = {
  exampleCount: 1_281_167,
  classCount: 1000,
  medianWidthPx: 500,
  medianHeightPx: 375,
  model: 'R50x1',
  seed: 2,
  microBatchSize: 64,
}

function rule(preset: UpstreamPreset, overrides: Overrides = {}, exampleCount = ilsvrc.exampleCount) {
  return upstreamRule(preset, { ...ilsvrc, exampleCount }, overrides)
}

describe('pre-training as in the paper', () => {
  it('BiT-S: 90 epochs of batches of 4096, rate 0.48 after 5,000 steps, ÷ 10 at 30, 60 and 80 epochs', () => {
    const { recipe, departureCount } = rule('BiT-S')
    expect(recipe).toMatchObject({
      rule: 'upstream',
      preset: 'BiT-S',
      loss: 'softmax',
      batchSize: 4096,
      stepCount: 28_151,
      warmupStepCount: 5000,
      weightDecay: 1e-4,
      momentum: 0.9,
      crop: 'inception',
      leastCropArea: 0.05,
      cropPx: 224,
      flip: true,
      mixupAlpha: 0,
    })
    expect(departureCount).toBe(0)
    expect(recipe.baseLearningRate).toBeCloseTo(0.48, 12)
    const perEpoch = recipe.stepCount / 90
    expect(recipe.decayAtSteps).toEqual([30, 60, 80].map((epoch) => Math.round(epoch * perEpoch)))
    expect(learningRate(recipe, 0)).toBe(0)
    expect(learningRate(recipe, 2500)).toBeCloseTo(0.24, 12)
    expect(learningRate(recipe, recipe.decayAtSteps[2] ?? 0)).toBeCloseTo(0.00048, 12)
  })

  it('keeps images in their own shape, with as many pixels as three crop sides squared, and says so', () => {
    for (const [overrides, kept, crop] of [
      [{}, 672, 224],
      [{ cropPx: 128 }, 384, 128],
      [{ resizePx: 500 }, 500, 224],
    ] as const) {
      const { recipe, choices } = rule('BiT-S', overrides)
      expect(recipe).toMatchObject({ resizePx: kept, cropPx: crop })
      const line = choices.find(({ key }) => key === 'resize')
      expect(line).toMatchObject({ label: 'Image size → crop', value: `${String(kept)} → ${String(crop)}` })
      expect(line?.because).toBe(
        `images keep their aspect ratio, with at most as many pixels as ${String(kept)} × ${String(kept)}; crops are cut from them`,
      )
    }
    const square = rule('BiT-S', { crop: 'square' })
    expect(square.recipe).toMatchObject({ resizePx: 448, cropPx: 224 })
    expect(square.choices.find(({ key }) => key === 'resize')?.because).toMatch(/resized to 448 × 448 px/)
  })

  it('BiT-M: the same with each class on its own', () => {
    expect(rule('BiT-M', {}, 14_200_000).recipe).toMatchObject({
      loss: 'sigmoid',
      stepCount: 312_012,
      warmupStepCount: 5000,
      weightDecay: 1e-4,
    })
  })

  it('BiT-L: 40 epochs, ÷ 10 at 10, 23, 30 and 37', () => {
    const { recipe } = rule('BiT-L', {}, 300_000_000)
    expect(recipe.stepCount).toBe(Math.round((40 * 300_000_000) / 4096))
    expect(recipe.decayAtSteps.map((step) => Math.round((step / recipe.stepCount) * 40))).toEqual([
      10, 23, 30, 37,
    ])
  })

  it('its two studies change the schedule, and the weight decay, and nothing else', () => {
    const [small, short, low] = (['small', 'short-schedule', 'low-weight-decay'] as const).map(
      (preset) => rule(preset, {}, 9000).recipe,
    )
    expect(short?.stepCount).toBe(Math.round((small?.stepCount ?? 0) / 3))
    expect(short).toMatchObject({ weightDecay: small?.weightDecay, batchSize: small?.batchSize })
    expect({ ...low, preset: 'small', weightDecay: 1e-4 }).toEqual(small)
    expect(low?.weightDecay).toBe(1e-5)
  })

  it('scales the rate and the warm-up with another batch, and says so', () => {
    const { recipe, choices, departureCount } = rule('BiT-S', { batchSize: 512 })
    expect(recipe.baseLearningRate).toBeCloseTo(0.06, 12)
    expect(recipe.warmupStepCount).toBe(40_000)
    expect(departureCount).toBe(1)
    expect(choices.find(({ key }) => key === 'batch')?.departure).toEqual({ ruleValue: '4,096' })
  })

  it('says how many images are computed at once', () => {
    const because = (overrides: Overrides): string | undefined =>
      rule('small', overrides).choices.find(({ key }) => key === 'batch')?.because
    expect(because({ microBatchSize: 64 })).toMatch(/^64 at a time, set by you; 4 of them add up exactly$/)
    expect(because({ microBatchSize: 256 })).toBe('all are computed at once')
    expect(because({ batchSize: 32, microBatchSize: 32 })).toBe('You set it; all are computed at once')
  })

  it('says that the head begins at zero and every other layer at random', () => {
    expect(rule('BiT-S').choices.find(({ key }) => key === 'head')).toMatchObject({
      value: '1,000 classes, from zeros',
      because: 'the others are drawn from the seed (He)',
    })
  })

  it('never warms up over more of the way than the paper did', () => {
    for (const preset of upstreamPresetSchema.options) {
      const { recipe } = rule(preset, {}, 5000)
      expect(recipe.warmupStepCount).toBe(Math.round((5000 / 28_125) * recipe.stepCount))
    }
  })

  it('takes epochs as steps, and shows the departure', () => {
    const { recipe, choices } = rule('small', { epochCount: 10 }, 2560)
    expect(recipe.stepCount).toBe(100)
    expect(choices.find(({ key }) => key === 'stepCount')).toMatchObject({
      departure: { ruleValue: '900' },
    })
  })

  it('makes recipes that the contract takes, and refuses a crop larger than the image', () => {
    for (const preset of upstreamPresetSchema.options) {
      const { recipe } = rule(preset)
      expect(recipeSchema.parse(recipe)).toEqual(recipe)
    }
    expect(() => rule('small', { cropPx: 96, resizePx: 64 })).toThrow(/cannot be cut/)
  })
})
