import fc from '../../../support/properties'
import { describe, expect, it } from 'vitest'
import { allowedWords, readNumber } from '../../../../src/renderer/features/train/read-number'

const whole = { min: 1, max: 10_000_000, whole: true, unit: '' }
const px = { min: 16, max: 4096, whole: true, unit: 'px' }
const decimal = { min: 1e-9, max: 10, whole: false, unit: '' }

describe('a typed number', () => {
  it('is read as people and this screen write it', () => {
    const cases = [
      ['10,000', whole, 10_000],
      ['10 000', whole, 10_000],
      ['1e3', whole, 1000],
      ['384 px', px, 384],
      ['384PX', px, 384],
      ['0,01', decimal, 0.01],
      ['.5', decimal, 0.5],
      ['1.9e−4', decimal, 1.9e-4],
    ] as const
    for (const [text, range, value] of cases) expect(readNumber(text, range)).toEqual({ value })
  })

  it('is an error with what is allowed where it is no number, not whole, or out of range', () => {
    const problem = (text: string, range = whole): string => {
      const read = readNumber(text, range)
      return 'problem' in read ? read.problem : ''
    }
    for (const text of ['many', '', '0x10', 'Infinity', 'NaN', '1 2', '1,0,0', '--4', '5 %', '384 px'])
      expect(problem(text)).toMatch(/is not a number. Allowed: a whole number from 1 to 10,000,000\.$/)
    expect(problem('1.5')).toContain('1.5 is not a whole number.')
    expect(problem('0')).toContain('0 is too small.')
    expect(problem('8 px', px)).toBe('8 px is too small. Allowed: a whole number from 16 to 4,096 px.')
    expect(problem('1e99')).toContain('1e99 is too large.')
  })

  it('is asked for again where a comma could be thousands or decimals', () => {
    expect(readNumber('1,000', { ...decimal, max: 100_000 })).toHaveProperty('problem')
    expect(readNumber('0,001', decimal)).toEqual({ value: 0.001 })
  })

  it('is its value, for every number in range, or a problem, for every other', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5_000, max: 20_000_000 }), (value) => {
        const read = readNumber(value.toLocaleString('en-US'), whole)
        expect(read).toEqual(
          value >= whole.min && value <= whole.max ? { value } : { problem: expect.any(String) as string },
        )
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 10, noNaN: true }), (value) => {
        expect(readNumber(String(value), decimal)).toEqual({ value })
      }),
    )
  })

  it('never ends in a value out of range or in an exception, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readNumber(text, px)
        if ('value' in read) expect(read.value).toSatisfy((value: number) => value >= 16 && value <= 4096)
        else expect(read.problem).toContain(allowedWords(px))
      }),
    )
  })
})
