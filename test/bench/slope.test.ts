/** What `npm run bench -- soak` tells growth by. */
import { describe, expect, it } from 'vitest'
import { slope } from './bench-modules'

describe('a slope', () => {
  it('is that of the line, with no doubt where all points are on it', () => {
    const points = [0, 1, 2, 3, 4, 5].map((x): [number, number] => [x, 3 * x + 1])
    const { value, low, high } = slope(points)
    expect([value, low, high].map((each) => Math.round(each * 1e6) / 1e6)).toEqual([3, 3, 3])
  })

  it('has the interval of Student’s t', () => {
    // R: confint(lm(c(1, 3, 2, 5, 4, 6) ~ c(0, 1, 2, 3, 4, 5)))
    const { value, low, high } = slope([1, 3, 2, 5, 4, 6].map((y, x): [number, number] => [x, y]))
    expect(value).toBeCloseTo(0.8857, 4)
    expect(low).toBeCloseTo(0.2413, 2)
    expect(high).toBeCloseTo(1.5302, 2)
  })
})
