import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createArrivals, type Arrivals } from '../../src/main/watch/arrivals'
import { temporaryFolder } from '../support/test-core'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder('arrivals')
})
afterEach(() => place.remove())

const at = (...names: string[]): string => join(place.path, ...names)
const watching = (passOver: 'all' | ReadonlySet<string> = new Set()): Arrivals =>
  createArrivals({ folder: place.path, settleMs: 1000, passOver })

it('tells of a file once, when it has not changed for a while', async () => {
  const arrivals = watching()
  expect(await arrivals.look(0)).toEqual([])
  writeFileSync(at('a.jpg'), 'first half')
  expect(await arrivals.look(500)).toEqual([])
  appendFileSync(at('a.jpg'), 'second half')
  expect(await arrivals.look(1600)).toEqual([])
  expect(await arrivals.look(2500)).toEqual([])
  expect(await arrivals.look(2600)).toEqual([at('a.jpg')])
  expect(await arrivals.look(9000)).toEqual([])
})

it('waits for one that is empty or is touched again', async () => {
  const arrivals = watching()
  writeFileSync(at('a.png'), '')
  writeFileSync(at('b.png'), 'content')
  expect(await arrivals.look(0)).toEqual([])
  utimesSync(at('b.png'), 1, 1)
  expect(await arrivals.look(1000)).toEqual([])
  expect(await arrivals.look(5000)).toEqual([at('b.png')])
  writeFileSync(at('a.png'), 'now')
  expect(await arrivals.look(6000)).toEqual([])
  expect(await arrivals.look(7000)).toEqual([at('a.png')])
})

it('tells again of a file that became another, or came back', async () => {
  const arrivals = watching()
  writeFileSync(at('latest.jpg'), 'one')
  await arrivals.look(0)
  expect(await arrivals.look(1000)).toEqual([at('latest.jpg')])
  writeFileSync(at('latest.jpg'), 'another')
  await arrivals.look(2000)
  expect(await arrivals.look(3000)).toEqual([at('latest.jpg')])
  renameSync(at('latest.jpg'), at('.kept'))
  await arrivals.look(4000)
  renameSync(at('.kept'), at('latest.jpg'))
  await arrivals.look(5000)
  expect(await arrivals.look(6000)).toEqual([at('latest.jpg')])
})

it('passes over what is there at the first look where it is asked to, until it changes', async () => {
  writeFileSync(at('old.jpg'), 'old')
  writeFileSync(at('known.jpg'), 'known')
  const afresh = watching('all')
  await afresh.look(0)
  expect(await afresh.look(5000)).toEqual([])
  const resumed = watching(new Set([at('known.jpg')]))
  await resumed.look(0)
  expect(await resumed.look(5000)).toEqual([at('old.jpg')])
})

it('looks into folders that come later, and leaves out hidden files, links, and what is no image by name', async () => {
  const arrivals = watching()
  await arrivals.look(0)
  mkdirSync(at('day 1', 'deep'), { recursive: true })
  for (const name of ['day 1/deep/z.webp', 'day 1/a.jpeg', '.hidden.jpg', 'notes.txt', 'b.tif'])
    writeFileSync(at(name), name)
  symlinkSync(at('b.tif'), at('link.tif'))
  symlinkSync(place.path, at('circle'))
  await arrivals.look(1000)
  expect(await arrivals.look(2000)).toEqual([
    at('b.tif'),
    at('day 1', 'a.jpeg'),
    at('day 1', 'deep', 'z.webp'),
  ])
})

it('says that its folder is gone, and goes on once it is there again', async () => {
  const arrivals = watching()
  await arrivals.look(0)
  rmSync(place.path, { recursive: true })
  await expect(arrivals.look(1000)).rejects.toThrow('ENOENT')
  mkdirSync(place.path)
  writeFileSync(at('a.jpg'), 'content')
  await arrivals.look(2000)
  expect(await arrivals.look(3000)).toEqual([at('a.jpg')])
})
