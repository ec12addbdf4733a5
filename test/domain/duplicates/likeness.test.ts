import { expect, it } from 'vitest'
import {
  greySide,
  likeness,
  sameImageLikeness,
  similarLikeness,
} from '../../../src/domain/duplicates/likeness'

/** Smooth hills and valleys over a plane that is `side` long, seen from `left`, `top` on, `span` wide. */
function scene(seed: number, left = 0, top = 0, span = 1, light = (level: number) => level): Uint8Array {
  return Uint8Array.from({ length: greySide ** 2 }, (_, place) => {
    const x = left + ((place % greySide) / greySide) * span
    const y = top + (Math.floor(place / greySide) / greySide) * span
    const level =
      128 +
      50 * Math.sin(7 * x + 3 * y + seed) +
      40 * Math.cos(11 * y - 5 * x * seed) +
      20 * Math.sin(19 * x * y + seed * seed)
    return Math.round(light(level))
  })
}

it('is 1 of an image and itself', () => {
  expect(likeness(scene(1), scene(1))).toBeCloseTo(1, 6)
})

it('does not see light and contrast', () => {
  expect(
    likeness(
      scene(1),
      scene(1, 0, 0, 1, (level) => level * 0.8 + 20),
    ),
  ).toBeGreaterThan(0.999)
})

it('finds an image again of which 5 % were cut off at an edge, whichever of the two was cut', () => {
  const cut = scene(1, 0.05, 0.01, 0.93)
  expect(likeness(scene(1), cut)).toBeGreaterThan(sameImageLikeness)
  expect(likeness(cut, scene(1))).toBeGreaterThan(sameImageLikeness)
})

it('tells other images apart', () => {
  for (const [one, other] of [
    [1, 2],
    [1, 3],
    [2, 5],
    [3, 4],
  ] as const)
    expect(likeness(scene(one), scene(other))).toBeLessThan(similarLikeness)
})

it('is 0 where there is no contrast', () => {
  const flat = new Uint8Array(greySide ** 2).fill(200)
  expect(likeness(flat, flat)).toBe(0)
  expect(likeness(flat, scene(1))).toBe(0)
})
