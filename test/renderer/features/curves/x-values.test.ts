import { describe, expect, it } from 'vitest'
import type { XKind } from '../../../../src/renderer/charts/x-axis'
import { endOf, evaluationPlaces, stepPlaces } from '../../../../src/renderer/features/curves/x-values'
import { aCurveRun, evaluationAt } from './a-curve-run'

const axis = (kind: XKind, isLog = false) => ({ kind, isLog })
const places = (kind: XKind, source: ReturnType<typeof aCurveRun>): number[] => [
  ...stepPlaces(axis(kind), source.steps, source.run),
]

describe('where steps lie', () => {
  it('is their number, and the share of an epoch that their images are', () => {
    const source = aCurveRun({ losses: [3, 2, 1] })
    expect(places('step', source)).toEqual([0, 1, 2])
    expect(places('epoch', source)).toEqual([0, 0.25, 0.5])
    expect(endOf(axis('epoch'), source.run)).toBe(25)
    expect(endOf(axis('wall'), source.run)).toBeNaN()
  })

  it('in training time has no gap where the run was interrupted', () => {
    const source = aCurveRun({ losses: [3, 2, 1], atMs: [1000, 1110, 90_000_000] })
    expect(places('relative', source)).toEqual([100, 200, 300])
    expect(places('wall', source)).toEqual([1000, 1110, 90_000_000])
  })

  it('never falls, whatever the clock did', () => {
    const source = aCurveRun({ losses: [3, 2, 1, 1], atMs: [1000, 1110, 500, 1200] })
    expect(places('wall', source)).toEqual([1000, 1110, 1110, 1200])
  })

  it('on a log axis leaves out the step that has no logarithm', () => {
    const source = aCurveRun({ losses: [3, 2, 1] })
    const [first, second, third] = stepPlaces(axis('step', true), source.steps, source.run)
    expect(first).toBe(Number.NEGATIVE_INFINITY)
    expect([second, third]).toEqual([0, Math.log10(2)])
  })

  it('is that of the last step before it for an evaluation', () => {
    const source = aCurveRun({ losses: [3, 2, 1] })
    const of = (kind: XKind): number[] => [
      ...evaluationPlaces(
        axis(kind),
        [evaluationAt(0), evaluationAt(2), evaluationAt(3)],
        source.steps,
        source.run,
      ),
    ]
    expect(of('step')).toEqual([0, 2, 3])
    expect(of('epoch')).toEqual([0, 0.5, 0.75])
    expect(of('relative')).toEqual([0, 200, 300])
    expect(of('wall')).toEqual([5000, 5002, 5003])
  })
})
