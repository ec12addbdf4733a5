import { describe, expect, it } from 'vitest'
import { likenessSpace, type LikenessSpace } from '../../../src/domain/alike/likeness-space'
import { packedRows } from '../../../src/domain/alike/packed-rows'
import { principalDirections } from '../../../src/domain/map/principal'
import { normalSample, randomStream } from '../../../src/domain/random'

function end<Result>(search: Generator<void, Result>): Result {
  let step = search.next()
  while (step.done !== true) step = search.next()
  return step.value
}

const dot = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)

/** Squares of rows that differ along their first two values far more than along the others, which alone tell the class. */
function twoClasses(count: number): { rows: Float32Array[]; classes: number[] } {
  const next = randomStream(1)
  const classes = Array.from({ length: count }, (_, row) => row % 2)
  const rows = classes.map((own) => {
    const roots = [8 + 2 * normalSample(next), 8 + 2 * normalSample(next), 2 + own, 3 - own]
    return Float32Array.from(roots, (root, at) => (at < 2 ? root : root + 0.2 * normalSample(next)) ** 2)
  })
  return { rows, classes }
}

describe('the directions of a small matrix', () => {
  it('are its axes, with the deviation along each', () => {
    // along the first axis ±3, along the second ±2, along the third ±1
    const values = Float32Array.of(3, 0, 0, -3, 0, 0, 0, 2, 0, 0, -2, 0, 0, 0, 1, 0, 0, -1)
    const { directions, deviations, means } = end(principalDirections(values, 6, 3, 3))
    expect(Array.from(means)).toEqual([0, 0, 0])
    Array.from(directions, Math.abs).forEach((value, at) => {
      expect(value).toBeCloseTo(at % 4 === 0 ? 1 : 0, 3)
    })
    const wanted = [3, 2, 1].map((side) => side / Math.sqrt(3))
    Array.from(deviations).forEach((value, at) => {
      expect(value).toBeCloseTo(wanted[at] ?? 0, 3)
    })
  })

  it('are at right angles and of unit length', () => {
    const next = randomStream(2)
    const values = Float32Array.from({ length: 40 * 12 }, () => normalSample(next))
    const { directions } = end(principalDirections(values, 40, 12, 5))
    for (let one = 0; one < 5; one++)
      for (let other = 0; other < 5; other++) {
        let product = 0
        for (let x = 0; x < 12; x++)
          product += (directions[one * 12 + x] ?? 0) * (directions[other * 12 + x] ?? 0)
        expect(product).toBeCloseTo(one === other ? 1 : 0, 10)
      }
  })
})

describe('the space in which images are compared', () => {
  const share = (space: LikenessSpace, { rows, classes }: ReturnType<typeof twoClasses>): number => {
    const units = rows.map((row) => space.row(row))
    let same = 0
    units.forEach((unit, row) => {
      const nearest = units
        .map((other, place) => ({ place, cosine: place === row ? -2 : dot(unit, other) }))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, 10)
      same += nearest.filter(({ place }) => classes[place] === classes[row]).length / 10
    })
    return same / rows.length
  }

  it('puts images of one class nearer together than their features are', () => {
    const data = twoClasses(160)
    const plain: LikenessSpace = { size: 4, row: (row) => row.map((value) => value / Math.hypot(...row)) }
    expect(share(end(likenessSpace(data.rows, 4)), data)).toBeGreaterThan(share(plain, data) + 0.05)
  })

  it('gives rows of unit length, the same every time', () => {
    const { rows } = twoClasses(160)
    const [one, again] = [end(likenessSpace(rows, 4)), end(likenessSpace(rows, 4))]
    for (const row of rows) {
      expect(dot(one.row(row), one.row(row))).toBeCloseTo(1, 5)
      expect(one.row(row)).toEqual(again.row(row))
    }
  })

  it('compares the roots as they are where there are few images', () => {
    const space = end(likenessSpace(twoClasses(20).rows, 4))
    expect(Array.from(space.row(Float32Array.of(9, 0, 16, 0)))).toEqual([3 / 5, 0, 4 / 5, 0].map(Math.fround))
  })
})

it('packed rows give cosines to about a thousandth, and none where there is no row', () => {
  const packed = packedRows(2, 3)
  const unit = Float32Array.of(0.6, 0, -0.8)
  packed.set(0, unit)
  expect(packed.cosine(0, unit)).toBeCloseTo(1, 2)
  expect(packed.cosine(0, Float32Array.of(0, 1, 0))).toBe(0)
  expect(packed.cosine(1, unit)).toBeNaN()
})
