import { describe, expect, it } from 'vitest'
import { runCosts, runDurationMs, withScores, type TimedDataset } from '../../../src/domain/estimate/run-time'
import { trainedShare } from '../../../src/domain/estimate/cost'
import { speedOf, type Speed } from '../../../src/domain/estimate/speed'
import { parseModel } from '../../../src/domain/model/spec'

const speed = speedOf([], {
  guess: 1,
  start: { engineMs: 3000, graphMs: 250 },
  threadCount: 2,
  preparesBeside: false,
})

function costs(counts: TimedDataset['counts'], linearProbe = false) {
  return runCosts(
    parseModel('units:1-1-1-1,width:0.5'),
    { classCount: 17, medianWidthPx: 500, medianHeightPx: 500, counts },
    {
      batchSize: 32,
      microBatchSize: 32,
      cropPx: 96,
      resizePx: 112,
      precision: 'float32',
      linearProbe,
      flip: true,
      freeze: 'none',
    },
    speed,
  )
}

describe('the scores of training images at the end of a run', () => {
  it('take as long as asking the model of them all, where the run is long', () => {
    const some = costs({ train: 400, val: 0, test: 100 })
    const double = costs({ train: 800, val: 0, test: 100 })
    expect(some.scoringMs).toBeGreaterThan(0)
    expect(double.scoringMs).toBeGreaterThan(1.8 * some.scoringMs)
    expect(withScores(3_600_000, some)).toBe(3_600_000 + some.scoringMs)
  })

  it('take a twentieth of a short run, and no longer', () => {
    const many = costs({ train: 1_000_000, val: 0, test: 100 })
    expect(withScores(60_000, many)).toBeCloseTo(63_000, 5)
  })

  it('take no time of their own where the training images are what is judged, or the features are there', () => {
    expect(costs({ train: 400, val: 0, test: 0 }).scoringMs).toBe(0)
    expect(costs({ train: 400, val: 50, test: 50 }, true).scoringMs).toBe(0)
  })
})

describe('a step with frozen layers', () => {
  const { spec } = parseModel('units:2-2-2-2,width:0.5')

  it('takes two thirds of the frozen layers’ work less', () => {
    expect(trainedShare(spec, 128, 'none')).toBe(1)
    expect(trainedShare(spec, 128, 'block4')).toBeCloseTo(1 / 3, 10)
    const shares = (['root', 'block1', 'block2', 'block3'] as const).map((part) =>
      trainedShare(spec, 128, part),
    )
    expect(shares).toEqual([...shares].sort((one, other) => other - one))
    expect(shares[1]).toBeCloseTo(0.81, 2)
  })
})

describe('a linear probe', () => {
  // 3 ms for each pass; 4 units × 50 ms for the graphs
  const plain: Speed = {
    stepMs: () => 100,
    predictMs: (_model, _precision, _cropPx, count) => 3 * count,
    origin: () => ({ certainty: 'guessed', basis: '' }),
    start: { engineMs: 1000, graphMs: 50 },
    threadCount: 2,
    preparesBeside: false,
  }
  const probeCosts = () =>
    runCosts(
      parseModel('units:1-1-1-1,width:0.5'),
      {
        classCount: 10,
        medianWidthPx: 1000,
        medianHeightPx: 500,
        counts: { train: 100, val: 20, test: 30 },
      },
      {
        batchSize: 500,
        microBatchSize: 32,
        cropPx: 1000,
        resizePx: 1000,
        precision: 'float32',
        linearProbe: true,
        flip: true,
        freeze: 'none',
      },
      plain,
    )

  it('takes the start, the features of every image and of the mirrored training images, and one save', () => {
    const probe = probeCosts()
    // 2,017,578 weights of 4 bytes are read at 500 MB/s and saved in 30 ms and 7e-6 ms a byte
    const startMs = 1000 + 280 + 16.140624
    // of 250 passes over 150 images: decoding takes (0.7 + 0.5 × 7) ÷ 2 = 2.1 ms, each use 2.9 ÷ 2 = 1.45 ms
    const featuresMs = 750 + 315 + 362.5
    const saveMs = 30 + 56.492184
    expect(probe.fixedMs).toBeCloseTo(startMs + featuresMs + saveMs, 6)
    expect(probe.checkpointMs).toBeCloseTo(saveMs, 6)
  })

  it('has steps and evaluations that take 2 ms and the products of their rows, 1,024 channels and the classes', () => {
    const probe = probeCosts()
    // 500 × 1,024 × 10 and 20 × 1,024 × 10 products of 2e-7 ms
    expect(probe.stepMs).toBeCloseTo(3.024, 9)
    expect(probe.evaluationMs).toBeCloseTo(2.04096, 9)
  })
})

describe('the duration of a run', () => {
  it('is the fixed part, its steps, the first sight of each image, and what is evaluated and saved before the last step', () => {
    const each = {
      fixedMs: 1000,
      stepMs: 10,
      evaluationMs: 70,
      checkpointMs: 30,
      firstSightMs: 2,
      scoringMs: 0,
    }
    const recipe = { stepCount: 100, batchSize: 4, evaluateEverySteps: 25, checkpointEverySteps: 50 }
    // three evaluations and one checkpoint; of 300 images all are seen, of 500 only 400
    expect(runDurationMs(each, recipe, 300)).toBe(1000 + 1000 + 600 + 210 + 30)
    expect(runDurationMs(each, recipe, 500)).toBe(1000 + 1000 + 800 + 210 + 30)
  })
})
