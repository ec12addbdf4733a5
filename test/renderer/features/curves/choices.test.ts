import { describe, expect, it } from 'vitest'
import { runIdsOf, runIdsText } from '../../../../src/renderer/features/curves/run-ids'
import { runsFound } from '../../../../src/renderer/features/curves/runs-found'
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
  const run = (id: number, name: string, datasetId = 1) => ({
    id,
    name,
    datasetId,
    datasetName: datasetId === 1 ? 'trees' : 'birds',
    model: 'R50x1',
  })
  const all = [run(1, 'first'), run(2, 'second'), run(3, 'third', 2), run(4, 'fourth')]
  const ids = (text: string, chosen: number[] = []) =>
    runsFound(all, run(1, 'first'), text, chosen).runs.map(({ id }) => id)

  it('are those of the same dataset first, the newest before, and never the run itself', () => {
    expect(ids('')).toEqual([4, 2, 3])
    expect(ids('', [3])).toEqual([3, 4, 2])
  })

  it('are found by all words, in their name, dataset, or model', () => {
    expect(ids('r50 TREES')).toEqual([4, 2])
    expect(ids('third birds')).toEqual([3])
    expect(ids('nothing')).toEqual([])
  })

  it('are counted where there are too many to show', () => {
    const many = Array.from({ length: 300 }, (_, index) => run(index + 2, 'x'))
    expect(runsFound(many, run(1, 'first'), '', [])).toMatchObject({ more: 100, runs: { length: 200 } })
  })
})
