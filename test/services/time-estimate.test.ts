import { describe, expect, it } from 'vitest'
import { estimateTime, type Measurement } from '../../src/main/services/time-estimate'

const question = { model: 'R50x1', cropPx: 128, convGmac: 1.5, imageCount: 1000 }
const other: Measurement = { model: 'R101x1', cropPx: 128, msPerImage: 200, measuredAtMs: 5, convGmac: 3 }

describe('time estimate', () => {
  it('says that nothing was measured', () => {
    expect(estimateTime([], question)).toEqual({
      trainingMs: null,
      imagesPerSecond: null,
      timeBasis: 'Not measured on this machine yet.',
    })
  })

  it('takes the latest figure of the same model and crop', () => {
    const same = { model: 'R50x1', cropPx: 128, convGmac: 1.5 }
    const found = estimateTime(
      [other, { ...same, msPerImage: 90, measuredAtMs: 1 }, { ...same, msPerImage: 50, measuredAtMs: 2 }],
      question,
    )
    expect(found).toMatchObject({ trainingMs: 50_000, imagesPerSecond: 20 })
    expect(found.timeBasis).toMatch(/^Measured on this machine/)
  })

  it('scales the nearest other figure by cost, and says so', () => {
    const far: Measurement = { model: 'tiny', cropPx: 32, msPerImage: 1, measuredAtMs: 9, convGmac: 0.01 }
    const found = estimateTime([far, other], question)
    expect(found).toMatchObject({ trainingMs: 100_000, imagesPerSecond: 10 })
    expect(found.timeBasis).toContain('Scaled')
    expect(found.timeBasis).toContain('R101x1')
  })
})
