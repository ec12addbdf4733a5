import { describe, expect, test } from 'vitest'
import { sharp } from '../../src/main/images/image-library'
import { isSrgbProfile } from '../../src/main/images/srgb-profile'

async function profile(name: 'srgb' | 'p3' | 'cmyk'): Promise<Buffer> {
  const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: '#ffffff' } })
  const tagged = name === 'cmyk' ? dot.toColourspace('cmyk') : dot
  const { icc } = await sharp(await tagged.withIccProfile(name).jpeg().toBuffer()).metadata()
  return icc ?? Buffer.alloc(0)
}

describe('a profile is sRGB’s', () => {
  test('by what it says of itself, and no other is', async () => {
    expect(isSrgbProfile(await profile('srgb'))).toBe(true)
    expect(isSrgbProfile(await profile('p3'))).toBe(false)
    expect(isSrgbProfile(await profile('cmyk'))).toBe(false)
  })

  test('only where it is whole as far as it is read', async () => {
    const whole = await profile('srgb')
    for (let length = 0; length < 200; length += 7)
      expect(isSrgbProfile(whole.subarray(0, length))).toBe(false)
    expect(isSrgbProfile(Buffer.alloc(4000, 0xff))).toBe(false)
  })
})
