import { describe, expect, it } from 'vitest'
import { overlayOrder } from '../../../../src/renderer/features/curves/overlay-order'
import { runIdsOf, runIdsText } from '../../../../src/renderer/features/curves/run-ids'
import { sliderOf, weightOf } from '../../../../src/renderer/features/curves/smoothing-slider'

describe('runs in an address', () => {
  it('are read as they are written, each once, and nothing else is', () => {
    expect(runIdsOf(runIdsText([12, 3]))).toEqual([12, 3])
    expect(runIdsOf('3.3,4.x.-1.')).toEqual([3, 4])
    expect(runIdsOf(undefined)).toEqual([])
  })
})

describe('the slider of smoothing', () => {
  it('goes from none to 0.999', () => {
    expect([0, 1, 2, 3, 9].map(weightOf)).toEqual([0, 0.9, 0.99, 0.999, 0.999])
    for (const weight of [0, 0.5, 0.9, 0.999]) expect(weightOf(sliderOf(weight))).toBeCloseTo(weight, 3)
    expect(sliderOf(null)).toBeGreaterThan(0)
  })
})

describe('runs to compare with', () => {
  it('are the chosen ones first, then those of the same dataset, and never the run itself', () => {
    const run = (id: number, datasetId = 1) => ({ id, datasetId })
    const ids = (chosen: number[]) =>
      overlayOrder([run(1), run(2), run(3, 2), run(4)], run(1), chosen).map(({ id }) => id)
    expect(ids([])).toEqual([4, 2, 3])
    expect(ids([3])).toEqual([3, 4, 2])
  })
})
