import { describe, expect, it } from 'vitest'
import {
  bandAt,
  groupLine,
  groupReadout,
  pointsOf,
  wholeOf,
} from '../../../../src/renderer/features/queue/group-lines'

const spread = (mean: number, sd: number | null, least: number, most: number, count = 3) => ({
  ...{ mean, sd, least, most, count },
})
const curve = [
  { stepIndex: 100, val: spread(0.5, 0.1, 0.3, 0.6), valLoss: null },
  { stepIndex: 200, val: spread(0.7, null, 0.7, 0.7, 1), valLoss: spread(1, 0.2, 0.8, 1.3) },
]
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`

describe('the curves of a group', () => {
  it('are the mean of the runs that have a step, with its deviation or with the least and the greatest around it', () => {
    const points = pointsOf(curve, 'val')
    expect(points.map(({ stepIndex }) => stepIndex)).toEqual([100, 200])
    expect(pointsOf(curve, 'valLoss')).toHaveLength(1)
    expect(points.map((point) => bandAt(point, 'range'))).toEqual([
      [0.3, 0.6],
      [0.7, 0.7],
    ])
    expect(points.map((point) => bandAt(point, 'deviation'))).toEqual([
      [0.4, 0.6],
      [0.7, 0.7],
    ])
    expect(wholeOf(points)).toEqual({ from: 0, to: 200 })
  })

  it('go straight from one evaluation to the next, band and all', () => {
    const { xs, ys, band } = groupLine(pointsOf(curve, 'val'), 'range')
    expect([xs[0], xs.at(-1), ys[0], ys.at(-1)]).toEqual([100, 200, 0.5, 0.7])
    const middle = xs.indexOf(150)
    expect(ys[middle]).toBeCloseTo(0.6, 12)
    expect(band?.find(middle, middle + 1)).toBe(true)
    expect([band?.low, band?.high]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.65, 12)])
  })

  it('say what they are where the cross-hair is', () => {
    const points = pointsOf(curve, 'val')
    expect(groupReadout(points, 'range', 99, percent)).toBeNull()
    expect(groupReadout(points, 'range', 150, percent)?.text).toBe(
      'step 100 · 50 %, from 30 % to 60 % (3 runs)',
    )
    expect(groupReadout(points, 'deviation', 100, percent)?.text).toBe('step 100 · 50 % ± 10 % (3 runs)')
    expect(groupReadout(points, 'deviation', 999, percent)?.text).toBe('step 200 · 70 % (1 run)')
  })
})
