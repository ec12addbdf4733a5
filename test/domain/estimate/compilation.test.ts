import { describe, expect, it } from 'vitest'
import { basisWithCompilation, compiledFromMs } from '../../../src/domain/estimate/compilation'

describe('the ground of an estimate', () => {
  it('says of a long training on a card that it may end earlier', () => {
    expect(basisWithCompilation('Measured.', 'gpu', compiledFromMs + 1)).toMatch(
      /^Measured\. .*may end earlier\.$/,
    )
  })

  it('stays as it is where nothing is compiled: for a short training, and on the processor', () => {
    expect(basisWithCompilation('Measured.', 'gpu', compiledFromMs)).toBe('Measured.')
    expect(basisWithCompilation('Measured.', 'cpu', 10 * compiledFromMs)).toBe('Measured.')
    expect(basisWithCompilation('Measured.', undefined, 10 * compiledFromMs)).toBe('Measured.')
  })
})
