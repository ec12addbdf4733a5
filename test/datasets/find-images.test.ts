import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findImages, isOpened } from '../../src/main/datasets/find-images'
import { temporaryFolder } from '../support/test-core'

const { path: folder, remove } = temporaryFolder('find')
const at = (...parts: string[]): string => join(folder, ...parts)
const jpeg = Buffer.from('\xff\xd8\xff\xe0 and so on', 'latin1')

beforeAll(() => {
  for (const path of ['photos/sub/deep', 'photos/.hidden', 'elsewhere'])
    mkdirSync(at(path), { recursive: true })
  for (const path of [
    'photos/b.jpg',
    'photos/a',
    'photos/sub/deep/c.jpeg',
    'photos/.hidden/d.jpg',
    'photos/.e.jpg',
    'elsewhere/f.jpg',
  ])
    writeFileSync(at(path), jpeg)
  writeFileSync(at('photos/notes.txt'), 'words')
  writeFileSync(at('photos/empty.PNG'), '')
  symlinkSync(at('elsewhere'), at('photos/out'))
  symlinkSync(at('elsewhere/f.jpg'), at('photos/out.jpg'))
})
afterAll(remove)

const look = (paths: string[], signal = new AbortController().signal) =>
  findImages(paths, { signal, onProgress: () => undefined })

describe('images among files and folders', () => {
  it('are those below a folder by content or name, without what is hidden and folders that are links out of it', async () => {
    const { paths, otherCount } = await look([at('photos')])
    expect(paths).toEqual(
      ['a', 'b.jpg', 'empty.PNG', 'out.jpg', 'sub/deep/c.jpeg'].map((name) => at('photos', name)),
    )
    expect(otherCount).toBe(1)
  })

  it('are taken as given where they are named, each once and in that order', async () => {
    const given = [
      at('photos/.e.jpg'),
      at('nothing.jpg'),
      at('photos/notes.txt'),
      at('photos'),
      at('photos/b.jpg'),
    ]
    const { paths } = await look(given)
    expect(paths).toEqual([
      ...given.slice(0, 3),
      ...['a', 'b.jpg', 'empty.PNG', 'out.jpg', 'sub/deep/c.jpeg'].map((name) => at('photos', name)),
    ])
  })

  it('tell what was opened: the folder and all below it, a file and nothing beside it', async () => {
    const { opened } = await look([at('photos/sub'), at('elsewhere/f.jpg')])
    const real = realpathSync(folder)
    expect(isOpened(opened, join(real, 'photos/sub/deep/c.jpeg'))).toBe(true)
    expect(isOpened(opened, join(real, 'elsewhere/f.jpg'))).toBe(true)
    expect(isOpened(opened, join(real, 'elsewhere/g.jpg'))).toBe(false)
    expect(isOpened(opened, join(real, 'photos/b.jpg'))).toBe(false)
    expect(isOpened(opened, '/etc/passwd')).toBe(false)
  })

  it('open what a link in the folder led to, and nothing beside that', async () => {
    const { opened } = await look([at('photos')])
    const real = realpathSync(folder)
    expect(isOpened(opened, join(real, 'elsewhere/f.jpg'))).toBe(true)
    expect(isOpened(opened, join(real, 'elsewhere/g.jpg'))).toBe(false)
  })

  it('are not looked for any more once it is cancelled', async () => {
    const abort = new AbortController()
    abort.abort()
    await expect(look([at('photos')], abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
