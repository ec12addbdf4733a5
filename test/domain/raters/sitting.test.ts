import { expect, it } from 'vitest'
import { controlCount, sitting } from '../../../src/domain/raters/sitting'

it('each image comes once, and the controls a second time, with others in between', () => {
  const slots = sitting(200, 0.05, 3, 'Anna')
  expect(slots).toHaveLength(210)
  expect(new Set(slots.filter(({ isControl }) => !isControl).map(({ position }) => position)).size).toBe(200)
  const controls = slots.filter(({ isControl }) => isControl)
  expect(new Set(controls.map(({ position }) => position)).size).toBe(10)
  for (const control of controls) {
    const first = slots.findIndex(({ position, isControl }) => position === control.position && !isControl)
    expect(slots.indexOf(control) - first).toBeGreaterThan(10)
  }
})

it('a rater has the same order again, another rater another, and so with another seed', () => {
  const order = (seed: number, rater: string) => sitting(50, 0, seed, rater).map(({ position }) => position)
  expect(order(1, 'Anna')).toEqual(order(1, 'Anna'))
  expect(order(1, 'Anna')).not.toEqual(order(1, 'Ben'))
  expect(order(1, 'Anna')).not.toEqual(order(2, 'Anna'))
})

it('about half of the words are swapped', () => {
  const swapped = sitting(1000, 0, 1, 'Anna').filter(({ isSwapped }) => isSwapped).length
  expect(swapped).toBeGreaterThan(400)
  expect(swapped).toBeLessThan(600)
})

it.each([1, 2, 5, 11, 40])(
  'of %i images, controls come after their images, however few there are',
  (count) => {
    const slots = sitting(count, 0.3, 9, 'x')
    expect(slots).toHaveLength(count + controlCount(count, 0.3))
    for (const [at, { position, isControl }] of slots.entries())
      if (isControl)
        expect(slots.findIndex((other) => other.position === position && !other.isControl)).toBeLessThan(at)
  },
)
