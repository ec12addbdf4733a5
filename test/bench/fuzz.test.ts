/** A thousand damaged files through every parser; `npm run bench -- fuzz` takes ten thousand, and others by --seed. */
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { buildEntry } from '../support/build-trainer'
import { fuzzParsers } from './bench-modules'

it('reads a thousand damaged files or says no in words, in bounded time and memory', async () => {
  const program = await buildEntry('bench-fuzz', resolve('src/main/bench/fuzz.ts'))
  const { parsers, files, faults } = await fuzzParsers({ program, fileCount: 1000, seed: 20_261_127 })
  expect(faults).toEqual([])
  const damaged = files.filter(({ isWhole }) => !isWhole)
  expect(damaged.length).toBeGreaterThanOrEqual(1000)
  expect([...new Set(damaged.map(({ parser }) => parser))]).toEqual(parsers)
  // What is refused undamaged would tell little.
  expect(files.filter(({ isWhole, read }) => isWhole && read === 0)).toEqual([])
  expect(damaged.filter(({ refused }) => refused > 0).length).toBeGreaterThan(200)
})
