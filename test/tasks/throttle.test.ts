import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createThrottle } from '../../src/main/tasks/throttle'

describe('throttle', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('acts at once, then once in an interval, and does not lose the last call', () => {
    const acted: number[] = []
    let value = 0
    const throttle = createThrottle(
      100,
      () => Date.now(),
      () => acted.push(value),
    )
    for (value = 1; value <= 5; value++) throttle.call()
    expect(acted).toEqual([1])
    vi.advanceTimersByTime(99)
    expect(acted).toEqual([1])
    value = 7
    vi.advanceTimersByTime(1)
    expect(acted).toEqual([1, 7])
    vi.advanceTimersByTime(1000)
    expect(acted).toEqual([1, 7])
  })

  it('flushes what waits and nothing else', () => {
    let count = 0
    const throttle = createThrottle(
      100,
      () => Date.now(),
      () => count++,
    )
    throttle.flush()
    expect(count).toBe(0)
    throttle.call()
    throttle.call()
    throttle.flush()
    expect(count).toBe(2)
    vi.advanceTimersByTime(1000)
    expect(count).toBe(2)
  })

  it('goes on when the clock is set back', () => {
    let nowMs = 1_000_000
    let count = 0
    const throttle = createThrottle(
      100,
      () => nowMs,
      () => count++,
    )
    throttle.call()
    nowMs = 0
    throttle.call()
    expect(count).toBe(2)
  })
})
