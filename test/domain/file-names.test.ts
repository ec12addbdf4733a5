import { describe, expect, it } from 'vitest'
import { freeName, safeFileName } from '../../src/domain/file-names'

describe('a name for a file', () => {
  it.each([
    ['Iris', 'Iris'],
    ['Lily Valley', 'Lily Valley'],
    ['', '_'],
    ['.', '_'],
    ['..', '_'],
    ['../up', '__up'],
    ['a/b\\c', 'a_b_c'],
    ['.hidden', '_hidden'],
    ['C:', 'C_'],
    ['con', '_con'],
    ['NUL.png', '_NUL.png'],
    ['a\u0000b\u202Ec', 'a_b_c'],
    ['ends. ', 'ends'],
    ['Ä', 'Ä'],
  ])('made of %j is %j', (text, name) => {
    expect(safeFileName(text)).toBe(name)
  })

  it('fits into what file systems take, and keeps its ending', () => {
    const name = safeFileName(`${'ü'.repeat(400)}.jpeg`)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(240)
    expect(name.endsWith('ü.jpeg')).toBe(true)
  })

  it('is another where one is taken, in upper case, too', () => {
    const taken = new Set<string>()
    const free = ['a.jpg', 'A.jpg', 'a.jpg', 'b', 'b', 'a-2.jpg'].map((name) => freeName(name, taken))
    expect(free).toEqual(['a.jpg', 'A-2.jpg', 'a-3.jpg', 'b', 'b-2', 'a-2-2.jpg'])
  })
})
