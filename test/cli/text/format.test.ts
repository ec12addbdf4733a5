import { describe, expect, it } from 'vitest'
import { accuracyText, bytes, duration, table } from '../../../src/main/cli/text/format'

describe('plain text', () => {
  it('aligns columns whatever script they are in', () => {
    const rows = [
      ['id', 'name'],
      ['7', 'été'],
      ['12', '😀 x'],
    ]
    expect(table(rows, [0])).toBe('id  name\n 7  été\n12  😀 x')
    expect(
      table([
        ['a', 'b', 'c'],
        ['aaa', '', 'c'],
      ]),
    ).toBe('a    b  c\naaa     c')
  })

  it('writes times and sizes as people do', () => {
    expect([0, 41_400, 59_600, 125_000, 11_520_000, 500e6].map(duration)).toEqual([
      '0 s',
      '41 s',
      '1 min 00 s',
      '2 min 05 s',
      '3 h 12 min',
      '6 days',
    ])
    expect([999, 16_200, 16_200_000, 22_420_000_000].map(bytes)).toEqual([
      '999 B',
      '16 kB',
      '16.2 MB',
      '22.42 GB',
    ])
  })

  it('never writes an accuracy without its interval and its counts', () => {
    expect(accuracyText({ value: 0.1625, low: 0.1212, high: 0.2144, correct: 39, total: 240 }, null)).toBe(
      '16.3 % (39 of 240 images right; 95 % interval 12.1–21.4 %)',
    )
  })
})
