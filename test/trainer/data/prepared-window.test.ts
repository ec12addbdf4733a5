import { describe, expect, test } from 'vitest'
import { openWindow, type PreparedWindow } from '../../../src/main/trainer/data/prepared-window'

const imageBytes = 4

/** A window whose images come when the test says so; each image is its position, four times. */
function byHand(capacity: number, endPosition = 1000) {
  const waiting = new Map<number, { finish: () => void; fail: (error: Error) => void }>()
  const window = openWindow({
    capacity,
    imageBytes,
    endPosition,
    fill(position, target, offset) {
      return new Promise((resolve, reject) => {
        waiting.set(position, {
          finish() {
            target.fill(position % 251, offset, offset + imageBytes)
            resolve()
          },
          fail: reject,
        })
      })
    },
  })
  /** Ends the preparation of an image, once it has begun. */
  const settle = async (position: number, error?: Error): Promise<void> => {
    for (let turns = 0; !waiting.has(position) && turns < 100; turns++) await turn()
    const one = waiting.get(position)
    if (one === undefined) return expect.fail(`position ${String(position)} is not being prepared`)
    waiting.delete(position)
    if (error === undefined) one.finish()
    else one.fail(error)
    await turn()
  }
  const close = async (): Promise<void> => {
    const closed = window.close()
    for (const position of [...waiting.keys()]) await settle(position)
    await closed
  }
  return { window, waiting, settle, close }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A window whose images are at hand. */
function atOnce(capacity: number, endPosition = 1000) {
  const filled: number[] = []
  const window = openWindow({
    capacity,
    imageBytes,
    endPosition,
    fill(position, target, offset) {
      filled.push(position)
      target.fill(position % 251, offset, offset + imageBytes)
      return null
    },
  })
  return { window, filled }
}

function values(window: PreparedWindow, position: number, count: number): number[] {
  const bytes = window.images(position, count, (byteCount) => new Uint8Array(byteCount))
  expect(bytes).toHaveLength(count * imageBytes)
  return Array.from({ length: count }, (_, row) => bytes[row * imageBytes] ?? NaN)
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index)

describe('a window of prepared images', () => {
  test('gives the first ones before the last ones are there', async () => {
    const { window, waiting, settle, close } = byHand(16)
    const moved = window.move(0, 2)
    await settle(1)
    await settle(0)
    await moved
    expect(values(window, 0, 2)).toEqual([0, 1])
    expect(waiting.size).toBeGreaterThan(0)
    await close()
  })

  test('is never more than its capacity ahead, and goes on when it is moved', async () => {
    const { window, filled } = atOnce(10, 25)
    await window.move(0, 3)
    await turn()
    expect(filled).toEqual(range(0, 10))
    await window.move(4, 8)
    await turn()
    expect(filled).toEqual(range(0, 14))
    await window.move(20, 25)
    await turn()
    expect(filled.slice(14)).toEqual(range(20, 25)) // those between were not asked for, and nothing comes after the end
    await window.close()
  })

  test('prepares no more at once than keeps the cores busy', async () => {
    const { window, waiting, settle, close } = byHand(500)
    const moved = window.move(0, 200)
    await settle(0)
    const most = waiting.size
    expect(most).toBeLessThan(100)
    for (let position = 1; position < 200; position++) {
      await settle(position)
      expect(waiting.size).toBe(most)
    }
    await moved
    await close()
  })

  test('keeps every image in its place round and round the ring, together or in two pieces', async () => {
    const { window } = atOnce(7)
    for (let start = 0; start < 60; start += 5) {
      await window.move(start, start + 5)
      expect(values(window, start, 5)).toEqual(range(start, start + 5))
      const copied = new Uint8Array(9)
      window.copy(start + 3, copied, 2)
      expect([...copied]).toEqual([0, 0, ...Array<number>(4).fill(start + 3), 0, 0, 0])
    }
    await window.close()
  })

  test.each([3, 10, 11, 500])(
    'begins anew at %i where it is moved there from 8, whatever was under way',
    async (start) => {
      const { window, waiting, settle, close } = byHand(12)
      const first = window.move(8, 10)
      await settle(9)
      await settle(8)
      await first
      const abandoned = [...waiting.keys()]
      expect(abandoned).toContain(10)
      const moved = window.move(start, start + 2)
      // from 10 on it is what comes next, so nothing is abandoned
      if (start !== 10) for (const position of abandoned) await settle(position)
      await settle(start)
      await settle(start + 1)
      await moved
      expect(values(window, start, 2)).toEqual([start % 251, (start + 1) % 251])
      await close()
    },
  )

  test('tells what failed where it is asked for, and can be asked again', async () => {
    const { window, waiting, settle, close } = byHand(3)
    const outcome = expect(window.move(0, 2)).rejects.toThrow('broken')
    await settle(1, new Error('broken'))
    for (const position of [...waiting.keys()]) await settle(position)
    await outcome
    const again = window.move(0, 1)
    await settle(0)
    await again
    expect(values(window, 0, 1)).toEqual([0])
    await close()
  })

  test('refuses more than it holds', async () => {
    const { window } = atOnce(4)
    await expect(window.move(0, 5)).rejects.toThrow(RangeError)
  })
})
