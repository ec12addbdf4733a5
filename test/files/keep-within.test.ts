import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepWithin } from '../../src/main/files/keep-within'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-keep-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('removes what was touched longest ago, and of what is ours only', async () => {
  for (const [index, name] of ['new.graph', 'old.graph', 'older.graph', 'oldest.txt'].entries()) {
    await writeFile(join(folder, name), 'x'.repeat(10))
    await utimes(join(folder, name), 1000 - index, 1000 - index)
  }
  keepWithin(folder, 25, (name) => name.endsWith('.graph'))
  expect((await readdir(folder)).sort()).toEqual(['new.graph', 'old.graph', 'oldest.txt'])
  keepWithin(folder, 25, (name) => name.endsWith('.graph'))
  expect(await readdir(folder)).toHaveLength(3)
})
