import { describe, expect, it } from 'vitest'
import { pictureUrl } from '../../src/renderer/ui/picture-url'

describe('the address of a picture', () => {
  it('asks for the smallest size that fills the box', () => {
    expect(pictureUrl(7, 112, 1)).toBe('/picture/7?px=128')
    expect(pictureUrl(7, 140, 1)).toBe('/picture/7?px=256')
  })

  it('knows screens of more pixels, and stops at two for one', () => {
    expect(pictureUrl(7, 200, 2)).toBe('/picture/7?px=512')
    expect(pictureUrl(7, 200, 4)).toBe('/picture/7?px=512')
  })

  it('never asks for more than the largest', () => expect(pictureUrl(7, 5000, 2)).toBe('/picture/7?px=2048'))
})
