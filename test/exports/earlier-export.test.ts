import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { earlierExport, replaceExport } from '../../src/main/exports/earlier-export'
import { temporaryFolder } from '../support/test-core'

const place = temporaryFolder('earlier-export')
afterAll(() => place.remove())

let count = 0
let folder = ''
let made = ''
beforeEach(() => {
  folder = join(place.path, String(++count), 'export')
  made = `${folder}.partial-1`
  writeExport(folder, 'first')
  writeExport(made, 'second')
})

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** As an export is, with as much of its certificate as tells which files are its own. */
function writeExport(at: string, weights: string): void {
  const files = ['model.npz', 'variables/variables.index'].map((path) => {
    put(join(at, path), weights)
    return { path, byteCount: weights.length, sha256: createHash('sha256').update(weights).digest('hex') }
  })
  put(join(at, 'certificate.json'), JSON.stringify({ files }))
}

const all = (): string[] => readdirSync(dirname(folder), { recursive: true, encoding: 'utf8' }).sort()

describe('an earlier export', () => {
  it('is replaced as a whole, and nothing of it is left', async () => {
    await replaceExport(folder, made, await earlierExport(folder))
    expect(readFileSync(join(folder, 'model.npz'), 'utf8')).toBe('second')
    expect(all()).toEqual([
      'export',
      'export/certificate.json',
      'export/model.npz',
      'export/variables',
      'export/variables/variables.index',
    ])
  })

  it('is an empty folder too', async () => {
    const empty = join(dirname(folder), 'empty')
    mkdirSync(empty)
    await replaceExport(empty, made, await earlierExport(empty))
    expect(readFileSync(join(empty, 'model.npz'), 'utf8')).toBe('second')
  })

  for (const [what, change, name] of [
    ['a file', () => put(join(folder, 'notes.txt'), 'mine'), '“notes.txt”'],
    [
      'a file in a folder of the export',
      () => put(join(folder, 'variables/notes.txt'), 'mine'),
      '“variables/notes.txt”',
    ],
    ['a hidden file', () => put(join(folder, '.git'), 'mine'), '“.git”'],
    ['an empty folder', () => mkdirSync(join(folder, 'mine')), '“mine/”'],
    ['a link', () => symlinkSync(place.path, join(folder, 'elsewhere')), '“elsewhere”'],
    ['a changed file of the export', () => put(join(folder, 'model.npz'), 'mine'), '“model.npz” changed'],
  ] as const) {
    it(`is left as it is where it holds ${what}, which is named`, async () => {
      change()
      const before = all()
      await expect(earlierExport(folder)).rejects.toMatchObject({
        code: 'not-allowed',
        message: expect.stringContaining(name) as unknown,
      })
      expect(all()).toEqual(before)
    })
  }

  it('is not taken for one where its certificate lists files outside, or is none', async () => {
    const outside = join(dirname(folder), 'outside.txt')
    put(outside, 'mine')
    const sha256 = createHash('sha256').update('mine').digest('hex')
    const files = [{ path: '../outside.txt', byteCount: 4, sha256 }]
    put(join(folder, 'certificate.json'), JSON.stringify({ files }))
    await expect(earlierExport(folder)).rejects.toThrow('“model.npz”')
    put(join(folder, 'certificate.json'), '{}')
    await expect(earlierExport(folder)).rejects.toThrow('is not an export')
    expect(existsSync(outside)).toBe(true)
  })

  it('stays, and so does what came into it, when something came while the new one was being written', async () => {
    const earlier = await earlierExport(folder)
    put(join(folder, 'notes.txt'), 'mine')
    await expect(replaceExport(folder, made, earlier)).rejects.toMatchObject({ code: 'not-allowed' })
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
    expect(readFileSync(join(folder, 'model.npz'), 'utf8')).toBe('first')
    expect(existsSync(join(made, 'model.npz'))).toBe(true)
  })

  it('that came while a new one was being written for a free name is not replaced', async () => {
    await expect(replaceExport(folder, made, null)).rejects.toMatchObject({ code: 'not-allowed' })
    expect(readFileSync(join(folder, 'model.npz'), 'utf8')).toBe('first')
  })
})
