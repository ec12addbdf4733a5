import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { homePaths } from '../../src/main/host/paths'
import { foldersHandlers } from '../../src/main/app/folders'
import { openStoreOrNone } from '../../src/main/store/home/open'

let root = ''
const store = openStoreOrNone('/nowhere')
const handlers = foldersHandlers({ db: store.db, paths: homePaths('/the/home') })
const list = handlers['folders.list']

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bitw-folders-'))
  for (const folder of ['class 10', 'class 2', '.hidden']) mkdirSync(join(root, folder))
  for (const file of ['a.JPG', 'b.webp', 'notes.txt', 'R50.npz', 'r2.NPZ', '.dot.png'])
    writeFileSync(join(root, file), '')
  symlinkSync(join(root, 'class 2'), join(root, 'link'))
  symlinkSync(join(root, 'gone'), join(root, 'dangling'))
})
afterAll(() => {
  store.close()
  rmSync(root, { recursive: true })
})

describe('folders.list', () => {
  it('gives the folders in reading order, links to folders too, and counts images by name', async () => {
    expect(await list({ path: root })).toEqual({
      path: root,
      parent: tmpdir(),
      ownPath: homedir(),
      folders: ['class 2', 'class 10', 'link'],
      files: [],
      filesLeftOut: 0,
      imageCount: 2,
    })
  })

  it('lists the files that are asked for, whatever the case of their endings, and no others', async () => {
    expect((await list({ path: root, files: ['npz', 'safetensors'] })).files).toEqual(['r2.NPZ', 'R50.npz'])
    expect((await list({ path: root, files: 'images' })).files).toEqual(['a.JPG', 'b.webp'])
    expect((await list({ path: root, files: 'datasets' })).files).toEqual(['notes.txt'])
  })

  it('begins at the user’s own folder and ends at the root', async () => {
    expect((await list({ path: '' })).path).toBe(homedir())
    expect((await list({ path: '/' })).parent).toBeNull()
  })

  it('says in plain words what is wrong with a path', async () => {
    await expect(list({ path: join(root, 'no') })).rejects.toMatchObject({ code: 'path-not-found' })
    await expect(list({ path: join(root, 'a.JPG') })).rejects.toMatchObject({ code: 'not-a-folder' })
  })
})

describe('folders.make', () => {
  const make = handlers['folders.make']

  it('makes a folder where the name says', async () => {
    const path = join(root, 'exports 1')
    expect(await make({ parent: root, name: 'exports 1' })).toEqual({ path })
    expect(existsSync(path)).toBe(true)
  })

  it.each(['a/b', 'a\\b', '..', '.', ' a', 'a\0b'])(
    'refuses the name %j, which leads elsewhere',
    async (name) => {
      await expect(make({ parent: root, name })).rejects.toMatchObject({ code: 'bad-input' })
    },
  )

  it.each(['two\nlines', 'a\u202egpj.exe', 'a\u001b[31m', '\u200b', 'é'.repeat(128)])(
    'refuses the name %j, which misleads the eye or no file system takes',
    async (name) => {
      await expect(make({ parent: root, name })).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('cannot be the name of a folder'),
      })
    },
  )

  it('says when the name is taken or the parent is not there', async () => {
    await expect(make({ parent: root, name: 'class 2' })).rejects.toMatchObject({ code: 'name-taken' })
    await expect(make({ parent: join(root, 'no'), name: 'new' })).rejects.toMatchObject({
      code: 'path-not-found',
    })
  })
})

describe('folders.locate', () => {
  it('knows the home, and of other things those that are kept', async () => {
    const locate = handlers['folders.locate']
    expect(await locate({ kind: 'home' })).toEqual({ path: '/the/home' })
    for (const kind of ['dataset', 'image', 'run'] as const)
      await expect(locate({ kind, id: 7 })).rejects.toMatchObject({ code: 'not-found' })
  })
})
