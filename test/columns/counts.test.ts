import fc from '../support/properties'
import { describe, expect, it } from 'vitest'
import { unpackNarrow } from '../../src/contract/packed'
import { ascendingRows, narrowColumn } from '../../src/main/columns/counts'

describe('columns for counting and sending', () => {
  it('rows in any order are the same rows ascending', () => {
    expect(ascendingRows(Uint32Array.of(4, 0, 7, 3), 9)).toEqual(Uint32Array.of(0, 3, 4, 7))
    expect(ascendingRows(new Uint32Array(), 9)).toHaveLength(0)
  })

  it('numbers take as few bytes as the largest needs, and come back as they were', () => {
    const widths = [[0, 255], [256], [65_535, 1], [65_536], [4_294_967_295]].map(
      (values) => narrowColumn(Uint32Array.from(values)).byteWidth,
    )
    expect(widths).toEqual([1, 2, 2, 4, 4])
    const values = fc.array(fc.integer({ min: 0, max: 0xffffffff })).map((all) => Uint32Array.from(all))
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 31 }), (all, shift) => {
        const column = all.map((value) => value >>> shift)
        expect(unpackNarrow(narrowColumn(column))).toEqual(column)
      }),
    )
  })
})
