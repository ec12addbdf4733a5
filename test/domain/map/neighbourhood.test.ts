import { expect, it } from 'vitest'
import { neighbourhoods } from '../../../src/domain/map/neighbourhood'
import { normalSample, randomStream } from '../../../src/domain/random'

/** Class 0 apart; 1 and 2 on top of each other. */
it('tells which classes lie together, and which among others', () => {
  const next = randomStream(5)
  const classes = Array.from({ length: 300 }, (_, point) => point % 3)
  const points = new Float32Array(600)
  classes.forEach((own, point) => {
    points[point * 2] = (own === 0 ? -20 : 20) + normalSample(next)
    points[point * 2 + 1] = normalSample(next)
  })
  const found = neighbourhoods(points, classes)
  expect(found.map(({ count }) => count)).toEqual([100, 100, 100])
  expect(found.at(-1)).toMatchObject({ classIndex: 0, own: 1, next: null })
  for (const one of found.slice(0, 2)) {
    expect(one.own).toBeGreaterThan(0.3)
    expect(one.own).toBeLessThan(0.7)
    expect(one.next?.classIndex).toBe(3 - one.classIndex)
  }
})

it('says nothing of no points, and of a lone one', () => {
  expect(neighbourhoods(new Float32Array(0), [])).toEqual([])
  expect(neighbourhoods(Float32Array.of(1, 1), [4])).toEqual([
    { classIndex: 4, count: 1, own: 0, next: null },
  ])
})
