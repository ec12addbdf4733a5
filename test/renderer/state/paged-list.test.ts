import { expect, it } from 'vitest'
import { PagedList } from '../../../src/renderer/state/paged-list.svelte'

/** A list whose answers come when the test says so. */
function answered() {
  const waiting: (() => void)[] = []
  let items = ['a', 'b', 'c']
  const list = new PagedList<string>(async ({ offset, limit }) => {
    const now = items.slice(offset, offset + limit)
    const total = items.length
    await new Promise<void>((resolve) => waiting.push(resolve))
    return { total, items: now }
  })
  return { list, waiting, set: (next: string[]) => (items = next) }
}

it('a list that is read again keeps the old until the new is there', async () => {
  const { list, waiting, set } = answered()
  const first = list.need(0, 3)
  waiting.shift()?.()
  await first
  expect([list.at(0), list.at(2), list.total]).toEqual(['a', 'c', 3])

  set(['b', 'c'])
  const second = list.again()
  expect([list.at(0), list.total]).toEqual(['a', 3])
  waiting.shift()?.()
  await second
  expect([list.at(0), list.at(2), list.total]).toEqual(['b', undefined, 2])
})

it('an answer from before a list is read again is not taken', async () => {
  const { list, waiting, set } = answered()
  const first = list.need(0, 3)
  set(['c'])
  const second = list.again()
  const [old, fresh] = waiting
  fresh?.()
  await second
  old?.()
  await first
  expect([list.at(0), list.at(1), list.total]).toEqual(['c', undefined, 1])
})
