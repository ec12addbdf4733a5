import { describe, expect, it } from 'vitest'
import { ascending, byDigits } from '../../src/domain/by-digits'
import fc from '../support/properties'

describe('sorting by digits', () => {
  it('gives what a stable sort with a comparison gives, and leaves what it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 })), (list) => {
        const keys = Uint32Array.from(list)
        const items = ascending(keys.length)
        const wanted = [...items].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
        expect([...byDigits(items, keys)]).toEqual(wanted)
        expect([keys, items]).toEqual([Uint32Array.from(list), ascending(list.length)])
      }),
    )
  })
})
