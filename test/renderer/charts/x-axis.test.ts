import { describe, expect, it } from 'vitest'
import { fromPlane, toPlane, xText, xTicks } from '../../../src/renderer/charts/x-axis'

const texts = (ticks: readonly { text: string }[]): string[] => ticks.map(({ text }) => text)
const hour = 3_600_000

describe('the axis along a run', () => {
  it('has round steps and epochs', () => {
    const step = { kind: 'step', isLog: false } as const
    expect(texts(xTicks(step, { from: 0, to: 20_000 }, 4))).toEqual([
      '0',
      '5,000',
      '10,000',
      '15,000',
      '20,000',
    ])
    expect(texts(xTicks(step, { from: 3, to: 6 }, 9))).toEqual(['3', '4', '5', '6'])
    expect(texts(xTicks({ kind: 'epoch', isLog: false }, { from: 0, to: 2.5 }, 5))).toEqual([
      '0',
      '0.5',
      '1',
      '1.5',
      '2',
      '2.5',
    ])
  })

  it('has times of a clock', () => {
    const training = { kind: 'relative', isLog: false } as const
    expect(texts(xTicks(training, { from: 0, to: 90_000 }, 5))).toEqual(['0 s', '30 s', '60 s', '90 s'])
    expect(texts(xTicks(training, { from: 0, to: 2 * hour }, 4))).toEqual([
      '0:00 min',
      '30:00 min',
      '1:00:00',
      '1:30:00',
      '2:00:00',
    ])
    const day = new Date(2026, 10, 27, 0, 0).getTime()
    const clock = texts(
      xTicks({ kind: 'wall', isLog: true }, { from: day + 9.2 * hour, to: day + 12.1 * hour }, 4),
    )
    expect(clock).toEqual(['10:00', '11:00', '12:00'])
    expect(xText('wall', day + 9 * hour, 3 * 24 * hour)).toBe('11-27 09:00')
    expect(xText('wall', day + 9 * hour, 30 * 24 * hour)).toBe('2026-11-27')
  })

  it('has powers of ten on a log axis, where zero has no place', () => {
    const axis = { kind: 'step', isLog: true } as const
    expect(toPlane(axis, 0)).toBeNaN()
    expect(toPlane(axis, 100)).toBeCloseTo(2)
    expect(fromPlane(axis, 3)).toBeCloseTo(1000)
    expect(xTicks(axis, { from: 0, to: 4 }, 6)).toEqual([
      { at: 0, text: '1' },
      { at: 1, text: '10' },
      { at: 2, text: '100' },
      { at: 3, text: '1,000' },
      { at: 4, text: '10,000' },
    ])
    // within a decade the values themselves are round
    expect(texts(xTicks(axis, { from: 3, to: 3.3 }, 4))).toEqual(['1,000', '1,250', '1,500', '1,750'])
  })

  it('has no logarithm of a time of day', () => {
    expect(toPlane({ kind: 'wall', isLog: true }, 5)).toBe(5)
  })
})
