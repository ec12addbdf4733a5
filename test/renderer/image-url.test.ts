import { describe, expect, it } from 'vitest'
import { fullUrl, imageAddress, imageUrl, predictedAddress, readyKey } from '../../src/renderer/ui/image-url'

describe('the address of an image', () => {
  const address = imageAddress(7)

  it('asks for the smallest size that fills the box', () => {
    expect(imageUrl(address, 112, 1)).toBe('/image/7?px=128')
    expect(imageUrl(address, 140, 1)).toBe('/image/7?px=256')
  })

  it('knows screens of more pixels, and stops at two for one', () => {
    expect(imageUrl(address, 200, 2)).toBe('/image/7?px=512')
    expect(imageUrl(address, 200, 4)).toBe('/image/7?px=512')
  })

  it('never asks for more than the largest', () =>
    expect(imageUrl(address, 5000, 2)).toBe('/image/7?px=2048'))

  it('is left out where a thumbnail of that size may come together with others', () => {
    expect(readyKey(7, 140, 1)).toEqual({ id: 7, px: 256 })
    expect(readyKey(7, 600, 1)).toBeNull()
  })

  it('is another one for its own pixels', () => expect(fullUrl(address)).toBe('/image/7?px=full'))

  it('is another one for what a prediction was asked about', () =>
    expect(imageUrl(predictedAddress(3, 0), 128, 1)).toBe('/predicted/3/0?px=128'))
})
