import { describe, expect, it } from 'vitest'
import { givenPath } from '../../src/domain/given-path'

describe('a path that someone gives', () => {
  it('is taken as it is, with all its signs', () => {
    for (const path of ['photos', '/a b/%20/c', '~/x', './file:', 'C:\\x', 'a:b'])
      expect(givenPath(path)).toBe(path)
  })

  it('may be the file:// address that a file manager gives', () => {
    expect(givenPath('file:///home/me/my%20photos/%C3%A9t%C3%A9')).toBe('/home/me/my photos/été')
    expect(givenPath('file://localhost/home/me')).toBe('/home/me')
    expect(givenPath('FILE:///C:/photos')).toBe('C:/photos')
  })

  it.each([
    ['', 'The path is empty.'],
    [' \t', 'The path is empty.'],
    ['a\0b', 'contains the character U+0000'],
    ['https://example.org/photos', 'is not a path on this machine'],
    ['file://server/photos', 'is no address of a file on this machine'],
    ['file:///a%2Fb', 'is no address of a file on this machine'],
    ['file:///%ff', 'is no address of a file on this machine'],
  ])('is refused where it is none: %j', (text, words) => {
    expect(() => givenPath(text)).toThrow(expect.objectContaining({ code: 'bad-input' }) as Error)
    expect(() => givenPath(text)).toThrow(words)
  })
})
