import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatDurationShort,
  formatLearningRate,
  formatParameters,
  formatPercent,
  formatRate,
  formatWhen,
  plural,
} from '../../src/renderer/format'

describe('figures', () => {
  it('have thousands apart', () => expect(formatCount(1_004_212)).toBe('1,004,212'))

  it('agree with their noun', () => {
    expect(plural(1, 'image')).toBe('1 image')
    expect(plural(0, 'image')).toBe('0 images')
    expect(plural(2, 'class', 'classes')).toBe('2 classes')
  })

  it('round bytes without a unit of a thousand', () => {
    expect([0, 999, 36_400, 999_700, 94_200_000, 17_600_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '36 KB',
      '1.0 MB',
      '94.2 MB',
      '17.6 GB',
    ])
  })

  it('say a duration in two units at most', () => {
    expect([10, 7400, 41_800, 625_000, 7_440_000, 277_200_000].map(formatDuration)).toEqual([
      'less than a second',
      '7.4 s',
      '42 s',
      '10 min 25 s',
      '2 h 4 min',
      '3 d 5 h',
    ])
    expect(formatDuration(99.9 * 86_400_000)).toBe('99 d 22 h')
    expect(formatDuration(1183.8 * 86_400_000)).toBe('1,184 d')
    expect(formatDuration(60_000)).toBe('1 min')
    expect(formatDuration(59_700)).toBe('1 min')
    expect(formatDurationShort(10)).toBe('< 1 s')
  })

  it('keep about three digits of a rate', () => {
    expect([0.814, 12.36, 9410.4].map(formatRate)).toEqual(['0.81', '12.4', '9,410'])
  })

  it('name shares, parameters and learning rates', () => {
    expect(formatPercent(0.8123)).toBe('81.2 %')
    expect([1_234, 23_500_352, 211_000_000, 1_200_000_000].map(formatParameters)).toEqual([
      '1 K',
      '23.5 M',
      '211 M',
      '1.20 G',
    ])
    expect([0.003, 0.0001875, 3e-6, 0].map(formatLearningRate)).toEqual(['0.003', '1.9e−4', '3e−6', '0'])
  })

  it('say when, shorter the nearer it is', () => {
    const now = new Date(2026, 10, 23, 23, 40).getTime()
    expect(formatWhen(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe('today 09:05')
    expect(formatWhen(new Date(2026, 10, 3, 14, 2).getTime(), now)).toBe('3 Nov 14:02')
    expect(formatWhen(new Date(2025, 10, 3, 14, 2).getTime(), now)).toBe('3 Nov 2025')
  })
})
