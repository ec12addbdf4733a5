import { describe, expect, it } from 'vitest'
import { fullUrl, imageAddress, pictureUrl, predictedAddress } from '../../src/renderer/ui/image-url'

describe('the address of a picture', () => {
  const address = imageAddress(7)

  it('asks for the smallest size that fills the box', () => {
    expect(pictureUrl(address, 112, 1)).toBe('/picture/7?px=128')
    expect(pictureUrl(address, 140, 1)).toBe('/picture/7?px=256')
  })

  it('knows screens of more pixels, and stops at two for one', () => {
    expect(pictureUrl(address, 200, 2)).toBe('/picture/7?px=512')
    expect(pictureUrl(address, 200, 4)).toBe('/picture/7?px=512')
  })

  it('never asks for more than the largest', () =>
    expect(pictureUrl(address, 5000, 2)).toBe('/picture/7?px=2048'))

  it('is another one for its own pixels', () => expect(fullUrl(address)).toBe('/picture/7?px=full'))

  it('is another one for what a prediction was asked about', () =>
    expect(pictureUrl(predictedAddress(3, 0), 128, 1)).toBe('/predicted/3/0?px=128'))
})
