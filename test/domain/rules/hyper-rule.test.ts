import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import type { Choice, Overrides, HyperRuleName } from '../../../src/contract/entities/run'
import { recipeSchema } from '../../../src/contract/entities/run'
import { hyperRule } from '../../../src/domain/rules/hyper-rule'
import type { RuleFacts } from '../../../src/domain/rules/rule-facts'
import { upstreamRule } from '../../../src/domain/rules/upstream-rule'
import { learningRate } from '../../../src/domain/rules/schedule'
import { flowersFacts } from '../support/rule-facts'

const facts: RuleFacts = { ...flowersFacts, seed: 2 }
const rules = ['paper', 'reference-code'] as const

function recipe(rule: HyperRuleName, changes: Partial<RuleFacts> = {}, overrides: Overrides = {}) {
  return hyperRule(rule, { ...facts, ...changes }, overrides).recipe
}

function choice(
  key: string,
  rule: HyperRuleName = 'paper',
  overrides: Overrides = {},
  changes: Partial<RuleFacts> = {},
): Choice {
  const found = hyperRule(rule, { ...facts, ...changes }, overrides).choices.find((line) => line.key === key)
  if (found === undefined) throw new Error(`no choice ${key}`)
  return found
}

describe('HyperRule, what both variants share', () => {
  it.each(rules)('%s: SGD with momentum 0.9, rate 0.003, batch 512', (rule) => {
    expect(recipe(rule)).toMatchObject({
      momentum: 0.9,
      baseLearningRate: 0.003,
      batchSize: 512,
      flip: true,
      randomCrop: true,
    })
  })

  it.each([
    [1, 'small', 500, 0],
    [19_999, 'small', 500, 0],
    [20_000, 'medium', 10_000, 0.1],
    [499_999, 'medium', 10_000, 0.1],
    [500_000, 'large', 20_000, 0.1],
  ] as const)('%i examples are %s: %i steps, MixUp %d', (exampleCount, sizeClass, stepCount, mixupAlpha) => {
    for (const rule of rules)
      expect(recipe(rule, { exampleCount })).toMatchObject({ sizeClass, stepCount, mixupAlpha })
  })

  it.each(rules)('%s: images of an area under 96 × 96 go 160 → 128', (rule) => {
    expect(recipe(rule, { medianWidthPx: 95, medianHeightPx: 96 })).toMatchObject({
      resizePx: 160,
      cropPx: 128,
    })
    expect(recipe(rule, { medianWidthPx: 200, medianHeightPx: 40 })).toMatchObject({
      resizePx: 160,
      cropPx: 128,
    })
    expect(recipe(rule, { medianWidthPx: 96, medianHeightPx: 96 }).cropPx).not.toBe(128)
  })
})

describe('HyperRule of the paper', () => {
  it('resizes larger images 448 → 384, for R152x4 512 → 480', () => {
    expect(recipe('paper')).toMatchObject({ resizePx: 448, cropPx: 384 })
    expect(recipe('paper', { model: 'R152x4' })).toMatchObject({ resizePx: 512, cropPx: 480 })
  })

  it.each([
    [476, [150, 300, 450]],
    [50_000, [3000, 6000, 9000]],
    [1_000_000, [6000, 12_000, 18_000]],
  ])('divides the rate of %i examples at 30, 60 and 90 %', (exampleCount, decayAtSteps) => {
    expect(recipe('paper', { exampleCount })).toMatchObject({ decayAtSteps, warmupStepCount: 0 })
  })
})

describe('HyperRule of the reference code', () => {
  it('resizes larger images 512 → 480 for every model', () => {
    expect(recipe('reference-code')).toMatchObject({ resizePx: 512, cropPx: 480 })
    expect(recipe('reference-code', { model: 'R152x4' })).toMatchObject({ resizePx: 512, cropPx: 480 })
  })

  it.each([
    [476, [200, 300, 400], 100],
    [50_000, [3000, 6000, 9000], 500],
    [1_000_000, [6000, 12_000, 18_000], 500],
  ])(
    'divides and warms up as the code does for %i examples',
    (exampleCount, decayAtSteps, warmupStepCount) => {
      expect(recipe('reference-code', { exampleCount })).toMatchObject({ decayAtSteps, warmupStepCount })
    },
  )
})

describe('the learning rate of a step', () => {
  it('is the base rate from step 0 and falls tenfold at each boundary in the paper', () => {
    const rates = [0, 149, 150, 299, 300, 449, 450, 499].map((step) => learningRate(recipe('paper'), step))
    const expected = [3e-3, 3e-3, 3e-4, 3e-4, 3e-5, 3e-5, 3e-6, 3e-6]
    rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i] ?? NaN, 12))
  })

  it('warms up linearly from 0 in the code', () => {
    const code = recipe('reference-code')
    expect(learningRate(code, 0)).toBe(0)
    expect(learningRate(code, 50)).toBeCloseTo(0.0015, 12)
    expect(learningRate(code, 99)).toBeCloseTo(0.00297, 12)
    expect(learningRate(code, 100)).toBe(0.003)
    expect(learningRate(code, 200)).toBeCloseTo(0.0003, 12)
  })
})

describe('what departs from the rule', () => {
  it('is nothing without overrides', () => {
    for (const rule of rules) expect(hyperRule(rule, facts, {}).departureCount).toBe(0)
  })

  it('a smaller effective batch scales rate and steps, and all three lines say so', () => {
    const result = hyperRule('paper', facts, { batchSize: 64 })
    expect(result.recipe).toMatchObject({ batchSize: 64, stepCount: 4000, decayAtSteps: [1200, 2400, 3600] })
    expect(result.recipe.baseLearningRate).toBeCloseTo(0.003 / 8, 12)
    expect(result.departureCount).toBe(3)
    expect(choice('batch', 'paper', { batchSize: 64 }).departure).toEqual({ ruleValue: '512' })
    expect(choice('stepCount', 'paper', { batchSize: 64 })).toMatchObject({
      value: '4,000',
      because: 'scaled by 512 ÷ 64, in proportion to the batch; each image is seen about 538 times',
      departure: { ruleValue: '500' },
    })
    expect(choice('baseLearningRate', 'paper', { batchSize: 64 })).toMatchObject({
      value: '0.000375',
      because: '0.003 × 64 ÷ 512, in proportion to the batch',
      departure: { ruleValue: '0.003' },
    })
  })

  it('a rate and steps that the user sets stand as they are', () => {
    expect(recipe('paper', {}, { batchSize: 64, stepCount: 200, baseLearningRate: 0.02 })).toMatchObject({
      stepCount: 200,
      baseLearningRate: 0.02,
      decayAtSteps: [60, 120, 180],
    })
  })

  it('is float32 unless the user asks for bfloat16, which is a departure with its reason', () => {
    for (const rule of rules) expect(recipe(rule).precision).toBe('float32')
    expect(recipe('paper', {}, { precision: 'bfloat16' }).precision).toBe('bfloat16')
    expect(choice('precision', 'paper', { precision: 'bfloat16' })).toMatchObject({
      value: 'bfloat16',
      because: expect.stringMatching(/weights, statistics and loss stay float32.*slower or unavailable/),
      departure: { ruleValue: 'float32' },
    })
    expect(hyperRule('paper', facts, { precision: 'float32' }).departureCount).toBe(0)
  })

  it('a micro-batch is no departure, since it changes no result', () => {
    expect(hyperRule('paper', facts, { microBatchSize: 8 }).departureCount).toBe(0)
    expect(choice('batch', 'paper', { microBatchSize: 8 }).value).toBe('512 = 8 × 64')
    expect(choice('batch', 'paper', { microBatchSize: 100 }).value).toBe('512 = 100 × 5 + 12')
    expect(choice('batch', 'paper', { microBatchSize: 500 }).value).toBe('512 = 500 × 1 + 12')
    expect(choice('batch', 'paper', { batchSize: 8 }).value).toBe('8')
  })

  it('every value that the user sets is named with the value of the rule', () => {
    const overrides: Overrides = { resizePx: 72, cropPx: 64, mixupAlpha: 0.2, flip: false, randomCrop: true }
    expect(choice('resize', 'paper', overrides)).toMatchObject({
      value: '72 → 64',
      departure: { ruleValue: '448 → 384' },
    })
    expect(choice('mixup', 'paper', overrides)).toMatchObject({
      value: 'α 0.2',
      departure: { ruleValue: 'off' },
    })
    expect(choice('flip', 'paper', overrides)).toMatchObject({ value: 'off', departure: { ruleValue: 'on' } })
    expect(choice('crop', 'paper', { randomCrop: false })).toMatchObject({
      value: 'off',
      departure: { ruleValue: 'on' },
    })
  })

  it('one of resize and crop takes the other along, and a crop larger than the image is refused', () => {
    expect(recipe('paper', {}, { cropPx: 96 })).toMatchObject({ cropPx: 96, resizePx: 112 })
    expect(recipe('paper', {}, { resizePx: 112 })).toMatchObject({ cropPx: 96, resizePx: 112 })
    expect(recipe('paper', {}, { randomCrop: false })).toMatchObject({ cropPx: 384, resizePx: 384 })
    expect(() => recipe('paper', {}, { resizePx: 64, cropPx: 65 })).toThrow(/crop of 65 px cannot be cut/)
  })
})

describe('the sentences', () => {
  it('give the reason of each choice', () => {
    const because = Object.fromEntries(
      hyperRule('paper', facts, {}).choices.map((line) => [line.key, [line.value, line.because]]),
    )
    expect(because).toEqual({
      sizeClass: ['small', '476 training images are fewer than 20,000'],
      stepCount: ['500', 'each image is seen about 538 times'],
      resize: ['448 → 384', 'median image is 500 × 667, not smaller than 96 × 96'],
      baseLearningRate: ['0.003', 'base rate of the rule, no warm-up in the paper'],
      decay: ['÷ 10 at 150, 300, 450', '30, 60 and 90 % of 500 steps'],
      warmup: ['none', 'the paper states none'],
      batch: ['512 = 64 × 8', '64 fit in memory; 8 of them add up exactly'],
      mixup: ['off', 'the rule uses 0.1 from 20,000 images up'],
      flip: ['on', 'half of the images in each batch are mirrored'],
      crop: ['on', 'a new seeded position at each step'],
      optimizer: ['SGD, momentum 0.9', 'as in the paper'],
      loss: ['softmax', 'one class per image'],
      cropKind: ['random square', 'a square of the crop’s side'],
      weightDecay: ['off', 'none in the rule'],
      decayTowardInitial: ['off', 'no pull toward the initial weights'],
      dropout: ['off', 'none in the rule'],
      freeze: ['nothing', 'all layers are trained'],
      linearProbe: ['off', 'the whole network is trained'],
      norm: ['GroupNorm', '32 groups; each image is normalized by itself'],
      convolution: ['weight-standardized', 'each filter is normalized to mean 0 and variance 1 before use'],
      precision: ['float32', 'as in the paper'],
      head: ['17 classes, from zeros', 'first loss will be ln 17 = 2.833'],
    })
  })
})

describe('the sentence about the rate', () => {
  it('says whether there is a warm-up before it', () => {
    expect(choice('baseLearningRate', 'paper').because).toBe('base rate of the rule, no warm-up in the paper')
    expect(choice('baseLearningRate', 'reference-code').because).toBe(
      'base rate of the rule, reached after the warm-up',
    )
  })
})

describe('what goes beyond the rule', () => {
  it.each([
    ['weightDecay', { weightDecay: 1e-4 }, '0.0001', 'off'],
    ['decayTowardInitial', { decayTowardInitial: 0.01 }, '0.01', 'off'],
    ['dropout', { dropout: 0.35 }, '35 %', 'off'],
    ['freeze', { freeze: 'block2' }, 'up to block2', 'nothing'],
    ['linearProbe', { linearProbe: true }, 'on', 'off'],
    ['loss', { loss: 'sigmoid' }, 'sigmoid', 'softmax'],
    ['cropKind', { crop: 'inception' }, 'inception', 'random square'],
    ['head', { keepHead: true }, '17 classes, kept', '17 classes, from zeros'],
    ['warmup', { warmupStepCount: 20 }, '20 steps', 'none'],
  ] as const)('%s is off, and a departure where it is asked for', (key, overrides, value, ruleValue) => {
    expect(choice(key).departure).toBeNull()
    expect(choice(key, 'paper', overrides)).toMatchObject({ value, departure: { ruleValue } })
    expect(recipe('paper', {}, overrides)).toMatchObject(overrides)
    expect(hyperRule('paper', facts, overrides).departureCount).toBe(1)
  })
})

describe('inception crops', () => {
  const crop = 'inception'

  it('are cut from images that are kept at three times the crop’s side, whether the random crop is on or not', () => {
    for (const randomCrop of [true, false])
      expect(recipe('paper', {}, { crop, randomCrop })).toMatchObject({
        cropPx: 384,
        resizePx: 1152,
        leastCropArea: 0.05,
      })
    expect(recipe('paper', {}, { crop, resizePx: 300 })).toMatchObject({ cropPx: 100, resizePx: 300 })
    expect(recipe('paper', {}, { crop, cropPx: 96 })).toMatchObject({ cropPx: 96, resizePx: 288 })
    expect(() => recipe('paper', {}, { crop, cropPx: 96, resizePx: 64 })).toThrow(/cannot be cut/)
  })

  it('say what is kept, in place of what is resized', () => {
    expect(choice('resize', 'paper', { crop })).toMatchObject({
      label: 'Image size → crop',
      value: '1152 → 384',
      because: expect.stringMatching(/^images keep their aspect ratio, with at most as many pixels as 1,152/),
      departure: null,
    })
    expect(choice('cropKind', 'paper', { crop }).because).toMatch(
      /^a part of 5 to 100 % of the image’s area, aspect ratio 3:4 to 4:3, resized/,
    )
  })
})

describe('a linear probe', () => {
  const probe = { linearProbe: true } as const

  it('sees whole images, is saved at its end, and says why', () => {
    expect(recipe('paper', {}, probe)).toMatchObject({
      linearProbe: true,
      randomCrop: false,
      resizePx: 384,
      cropPx: 384,
      checkpointEverySteps: 500,
    })
    expect(choice('crop', 'paper', probe)).toMatchObject({
      value: 'off',
      because: expect.stringMatching(/whole image once/),
    })
    expect(choice('cropKind', 'paper', probe)).toMatchObject({
      value: 'none',
      because: expect.stringMatching(/whole image once/),
      departure: null,
    })
    expect(choice('mixup', 'paper', probe, { exampleCount: 50_000 }).because).toMatch(/mixes the features/)
    expect(choice('mixup', 'paper', {}, { exampleCount: 50_000 }).because).not.toMatch(/mixes the features/)
  })

  it('refuses what is random in an image, and pre-training', () => {
    for (const contradiction of [{ randomCrop: true }, { crop: 'inception' }] as const)
      expect(() => recipe('paper', {}, { ...probe, ...contradiction })).toThrow(/cannot crop at random/)
    expect(() => upstreamRule('small', facts, probe)).toThrow(/whole network/)
  })
})

describe('layers that are not BiT’s', () => {
  const lines = (model: string) =>
    hyperRule('paper', { ...facts, model }, {}).choices.filter(
      ({ key }) => key === 'norm' || key === 'convolution',
    )

  it('are departures, each in a line of its own', () => {
    expect(lines('R50x1').map(({ departure }) => departure)).toEqual([null, null])
    expect(lines('R50x1+bn+plain')).toMatchObject([
      { value: 'BatchNorm', departure: { ruleValue: 'GroupNorm' } },
      { value: 'plain', departure: { ruleValue: 'weight-standardized' } },
    ])
    expect(lines('units:1-1-1-1,width:1+plain')).toMatchObject([
      { value: 'GroupNorm', departure: null },
      { value: 'plain', departure: { ruleValue: 'weight-standardized' } },
    ])
  })

  it('change nothing else of the rule, but micro-batches with BatchNorm do not add up exactly', () => {
    const model = 'R152x4+bn'
    expect(recipe('paper', { model })).toEqual(recipe('paper', { model: 'R152x4' }))
    expect(choice('batch', 'paper', {}, { model }).because).toMatch(/each normalized by itself/)
    expect(choice('batch').because).toMatch(/add up exactly/)
  })
})

describe('any facts and overrides', () => {
  it('give a valid recipe or a plain refusal', () => {
    const overrides = fc.record(
      {
        precision: fc.constantFrom('float32', 'bfloat16'),
        stepCount: fc.integer({ min: 1, max: 1e6 }),
        batchSize: fc.integer({ min: 1, max: 65_536 }),
        microBatchSize: fc.integer({ min: 1, max: 65_536 }),
        resizePx: fc.integer({ min: 16, max: 4096 }),
        cropPx: fc.integer({ min: 16, max: 4096 }),
        flip: fc.boolean(),
        randomCrop: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...rules),
        fc.integer({ min: 1, max: 3e6 }),
        overrides,
        (rule, exampleCount, set) => {
          const contradiction =
            set.resizePx !== undefined && set.cropPx !== undefined && set.cropPx > set.resizePx
          if (contradiction && set.randomCrop !== false) {
            expect(() => recipe(rule, { exampleCount }, set)).toThrow(/cannot be cut/)
            return
          }
          const made = recipeSchema.parse(recipe(rule, { exampleCount }, set))
          expect(made.cropPx).toBeLessThanOrEqual(made.resizePx)
          expect(made.microBatchSize).toBeLessThanOrEqual(made.batchSize)
          expect(made.stepCount).toBeGreaterThanOrEqual(1)
          expect(learningRate(made, made.stepCount - 1)).toBeLessThanOrEqual(made.baseLearningRate)
        },
      ),
    )
  })
})
