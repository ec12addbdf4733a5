import fc from '../support/properties'
import { expect, test } from 'vitest'
import { augmentation } from '../../src/main/images/augment'
import { mixupDraw } from '../../src/main/trainer/data/mixup'

const options = { resizePx: 160, cropPx: 128, flip: true, randomCrop: true }

test('crops stay inside, reach both ends, and flips come half of the time', () => {
  const draws = Array.from({ length: 4000 }, (_, position) => augmentation(3, 9, position, options))
  for (const axis of ['x', 'y'] as const) {
    expect(Math.min(...draws.map((draw) => draw[axis]))).toBe(0)
    expect(Math.max(...draws.map((draw) => draw[axis]))).toBe(32)
  }
  expect(Math.abs(draws.filter((draw) => draw.flip).length - 2000)).toBeLessThan(160)
})

test('switching flip or crop off leaves the other draw as it was', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(1e6), fc.nat(4095), (seed, step, position) => {
      const both = augmentation(seed, step, position, options)
      expect(augmentation(seed, step, position, { ...options, flip: false })).toEqual({
        ...both,
        flip: false,
      })
      expect(augmentation(seed, step, position, { ...options, randomCrop: false })).toEqual({
        ...both,
        x: 16,
        y: 16,
      })
    }),
  )
})

test('MixUp draws one lambda a step and partners over the whole batch, anew in each step', () => {
  expect(mixupDraw(1, 2, 0, 512)).toBeNull()
  const draw = mixupDraw(1, 2, 0.1, 512)
  expect(draw).toEqual(mixupDraw(1, 2, 0.1, 512))
  expect([...(draw?.partners ?? [])].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 512 }, (_, index) => index),
  )
  expect(mixupDraw(1, 3, 0.1, 512)?.lambda).not.toBe(draw?.lambda)
  expect(mixupDraw(1, 3, 0.1, 512)?.partners).not.toEqual(draw?.partners)
})
