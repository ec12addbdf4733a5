import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkFiles, folderProblem } from '../../src/main/images/file-check'
import { temporaryFolder } from './support/images'

function files(count: number) {
  const rootPath = temporaryFolder()
  const paths = Array.from({ length: count }, (_, index) => `${String(index)}.png`)
  for (const path of paths) writeFileSync(join(rootPath, path), `image ${path}`)
  const stats = paths.map((path) => statSync(join(rootPath, path)))
  const facts = { byteCounts: stats.map(({ size }) => size), modifiedMs: stats.map(({ mtimeMs }) => mtimeMs) }
  return { rootPath, paths, facts }
}

describe('the look at files', () => {
  it('finds those that are gone, are no files, or have another size or time', async () => {
    const { rootPath, paths, facts } = files(600)
    rmSync(join(rootPath, '7.png'))
    rmSync(join(rootPath, '3.png'))
    mkdirSync(join(rootPath, '3.png'))
    writeFileSync(join(rootPath, '10.png'), 'another length')
    utimesSync(join(rootPath, '9.png'), 1, 1)
    const seen: number[] = []
    const found = await checkFiles(rootPath, paths, { facts, onProgress: (done) => seen.push(done) })
    expect([...(found?.missing ?? [])]).toEqual([
      [3, 'It is no longer a file.'],
      [7, 'It no longer exists.'],
    ])
    expect(found?.changed).toEqual([9, 10])
    expect(seen).toEqual([256, 512, 600])
    expect((await checkFiles(rootPath, paths, { facts: null }))?.changed).toEqual([])
  })

  it('ends where it is told to, with no answer', async () => {
    const { rootPath, paths } = files(300)
    let asked = 0
    expect(await checkFiles(rootPath, paths, { facts: null, stopped: () => (asked += 1) > 100 })).toBeNull()
  })

  it('says why a folder cannot be read', async () => {
    const { rootPath } = files(1)
    expect(await folderProblem(rootPath)).toBeNull()
    expect(await folderProblem(join(rootPath, 'none'))).toBe('It no longer exists.')
    expect(await folderProblem(join(rootPath, '0.png'))).toBe('It is no longer a folder.')
  })
})
