import { describe, expect, test } from 'vitest'
import { inRoomFor } from '../../src/main/images/decode-room'

/** A piece of work that ends when it is told to. */
function held(pixels: number): { end(): Promise<void>; isBegun(): boolean } {
  let begun = false
  let release = (): void => undefined
  const until = new Promise<void>((resolve) => (release = resolve))
  const done = inRoomFor(pixels, () => {
    begun = true
    return until
  })
  return {
    isBegun: () => begun,
    end() {
      release()
      return done
    },
  }
}

/** Lets everything begin that may. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the room for whole images', () => {
  test('holds many small ones at once', async () => {
    const works = Array.from({ length: 40 }, () => held(300_000))
    await settled()
    expect(works.map((work) => work.isBegun())).not.toContain(false)
    await Promise.all(works.map((work) => work.end()))
  })

  test('holds one that is larger than all of it alone, and those after it in their order', async () => {
    const [huge, other, small] = [held(1e10), held(1e10), held(1)]
    await settled()
    expect([huge, other, small].map((work) => work.isBegun())).toEqual([true, false, false])
    await huge.end()
    await settled()
    expect([other, small].map((work) => work.isBegun())).toEqual([true, false])
    await Promise.all([other.end(), small.end()])
    expect(small.isBegun()).toBe(true)
  })

  test('is left by work that fails', async () => {
    await expect(inRoomFor(1e10, () => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged')
    const next = held(1e10)
    await settled()
    expect(next.isBegun()).toBe(true)
    await next.end()
  })
})
