import { expect, it } from 'vitest'
import { createColumnCache } from '../../src/main/columns/column-cache'

it('makes a thing once for all who ask, and lets go of what was not asked for the longest', async () => {
  const cache = createColumnCache(250)
  const made: string[] = []
  const ask = (key: string) =>
    cache.get(key, async () => {
      made.push(key)
      await Promise.resolve()
      return { key, byteCount: 100 }
    })
  const [one, same] = await Promise.all([ask('a'), ask('a')])
  expect(one).toBe(same)
  await ask('b')
  await ask('a')
  await ask('c')
  expect(cache.byteCount).toBe(200)
  await ask('a')
  expect(made).toEqual(['a', 'b', 'c'])
  await ask('b')
  expect(made).toEqual(['a', 'b', 'c', 'b'])
})

it('keeps nothing of what could not be made, nor a place for it', async () => {
  const cache = createColumnCache(250)
  await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(cache.get('a', async () => ({ byteCount: 1 }))).resolves.toEqual({ byteCount: 1 })
})

it('lets go of answers without an image, too, and keeps a thousand', async () => {
  const cache = createColumnCache(100)
  let made = 0
  const ask = (index: number) =>
    cache.get(`query ${String(index)}`, async () => {
      made++
      return { byteCount: 0 }
    })
  for (let index = 0; index < 1001; index++) await ask(index)
  await ask(1)
  expect(made).toBe(1001)
  await ask(0)
  expect(made).toBe(1002)
})
