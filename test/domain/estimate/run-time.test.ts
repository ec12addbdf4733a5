import { describe, expect, it } from 'vitest'
import { runCosts, withScores, type TimedDataset } from '../../../src/domain/estimate/run-time'
import { trainedShare } from '../../../src/domain/estimate/cost'
import { speedOf } from '../../../src/domain/estimate/speed'
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
