import { describe, expect, it } from 'vitest'
import { createImageQueue } from '../../src/main/datasets/image-queue'

/** Work that ends when it is told to, and the order in which it began. */
function setUp(atOnce: number): {
  begun: string[]
  ask: (name: string, signal?: AbortSignal) => Promise<string>
  end: (name: string) => Promise<void>
} {
  const queue = createImageQueue(atOnce)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    ask: (name, signal) =>
      queue.run(async () => {
        begun.push(name)
        await new Promise<void>((resolve) => ends.set(name, resolve))
        return name
      }, signal),
    end: async (name) => {
      ends.get(name)?.()
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    },
  }
}

describe('the order in which images are decoded', () => {
  it('begins so many at once, and then the newest first', async () => {
    const { begun, ask, end } = setUp(2)
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => ask(name)))
    await end('none')
    expect(begun).toEqual(['a', 'b'])
    for (const name of ['a', 'b', 'e', 'd', 'c']) await end(name)
    expect(begun).toEqual(['a', 'b', 'e', 'd', 'c'])
    expect(await all).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('never begins what was taken back, and says so', async () => {
    const { begun, ask, end } = setUp(1)
    const first = ask('first')
    const leaving = Array.from({ length: 50 }, () => new AbortController())
    const refusals = leaving.map(({ signal }, index) =>
      expect(ask(`gone ${index}`, signal)).rejects.toMatchObject({ code: 'cancelled' }),
    )
    const last = ask('last')
    leaving.forEach((controller) => controller.abort())
    await Promise.all(refusals)
    await end('first')
    await end('last')
    expect(await Promise.all([first, last])).toEqual(['first', 'last'])
    expect(begun).toEqual(['first', 'last'])
  })

  it('does not begin for whoever had gone before he asked', async () => {
    const { begun, ask } = setUp(1)
    await expect(ask('gone', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    expect(begun).toEqual([])
  })

  it('finishes what was begun, and goes on after work that failed', async () => {
    const { begun, ask, end } = setUp(1)
    const queue = createImageQueue(1)
    await expect(queue.run(() => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged')
    expect(await queue.run(() => Promise.resolve('next'))).toBe('next')
    const leaving = new AbortController()
    const running = ask('running', leaving.signal)
    await end('none')
    leaving.abort()
    await end('running')
    expect(await running).toBe('running')
    expect(begun).toEqual(['running'])
  })
})
