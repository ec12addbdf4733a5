import { expect, it } from 'vitest'
import { principalComponents } from '../../../src/domain/map/principal'
import { normalSample, randomStream } from '../../../src/domain/random'

it('puts rows into the directions in which they differ most', () => {
  const next = randomStream(3)
  const [count, width] = [200, 12]
  const along = Array.from({ length: count }, () => [10 * normalSample(next), 4 * normalSample(next)])
  const values = Float32Array.from({ length: count * width }, (_, at) => {
    const [first = 0, second = 0] = along[Math.floor(at / width)] ?? []
    const x = at % width
    return 7 + (x === 2 ? first : 0) + (x === 5 ? second : 0) + 0.1 * normalSample(next)
  })
  const found = principalComponents(values, count, width, 2)
  const column = (at: number): number[] => along.map((_, row) => found[row * 2 + at] ?? 0)
  const correlation = (one: readonly number[], other: readonly number[]): number => {
    const centred = (list: readonly number[]): number[] => {
      const mean = list.reduce((sum, value) => sum + value, 0) / list.length
      return list.map((value) => value - mean)
    }
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
    const [a, b] = [centred(one), centred(other)]
    return Math.abs(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))
  }
  expect(
    correlation(
      column(0),
      along.map(([first = 0]) => first),
    ),
  ).toBeGreaterThan(0.999)
  expect(
    correlation(
      column(1),
      along.map(([, second = 0]) => second),
    ),
  ).toBeGreaterThan(0.99)
  expect(principalComponents(values, count, width, 2)).toEqual(found)
})
