import { expect, it } from 'vitest'
import { inOrder } from '../../src/main/app/in-order'

it('each waits for the one that was asked for before it, also where that fails, and for none under another key', async () => {
  const ordered = inOrder()
  const done: string[] = []
  let fail = (): void => undefined
  const first = ordered(1, () => new Promise((_, reject) => (fail = () => reject(new Error('no')))))
  const second = ordered(1, async () => done.push('second'))
  const third = ordered(1, async () => done.push('third'))
  await ordered(2, async () => done.push('other'))
  expect(done).toEqual(['other'])
  fail()
  await expect(first).rejects.toThrow('no')
  await Promise.all([second, third])
  expect(done).toEqual(['other', 'second', 'third'])
})
