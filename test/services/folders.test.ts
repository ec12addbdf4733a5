import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldersHandlers } from '../../src/main/services/folders'

const list = foldersHandlers()['folders.list']

describe('folders.list', () => {
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'bitw-folders-'))
    for (const folder of ['class 10', 'class 2', '.hidden']) mkdirSync(join(root, folder))
    for (const file of ['a.JPG', 'b.webp', 'notes.txt', '.dot.png']) writeFileSync(join(root, file), '')
    symlinkSync(join(root, 'class 2'), join(root, 'link'))
    symlinkSync(join(root, 'gone'), join(root, 'dangling'))
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('gives the folders in reading order, links to folders too, and counts pictures by name', async () => {
    expect(await list({ path: root })).toEqual({
      path: root,
      parent: tmpdir(),
      folders: ['class 2', 'class 10', 'link'],
      imageCount: 2,
    })
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
