import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { addressOf, sourceName } from '../../src/main/sources/sources'
import { makeImages, imageBytes, scan } from '../datasets/support/scan-helpers'
import { temporaryFolder, writeTree } from '../images/support/images'

beforeAll(makeImages)

/** A folder with some images and `list.txt`; the path of the list. */
async function listOf(text: string | Buffer): Promise<string> {
  const folder = temporaryFolder()
  await writeTree(folder, {
    'photos/1.jpg': imageBytes(0),
    'photos/2.jpg': imageBytes(1),
    'more/with space.jpg': imageBytes(2),
    '3.jpg': imageBytes(3),
    'list.txt': text,
  })
  return join(folder, 'list.txt')
}

const named = ({ path, severity, code, message }: Record<string, string>): string =>
  `${severity ?? ''} ${code ?? ''} ${path ?? ''} — ${message ?? ''}`

describe('a list of images', () => {
  it('gives each image the class of its line, whatever folder the image is in', async () => {
    const path = await listOf('photos/1.jpg cat\nphotos/2.jpg dog\n./photos/../3.jpg cat\n')
    const { source, classNames, images, problems } = await scan(path)
    expect(source).toEqual({ kind: 'list', path })
    expect(classNames).toEqual(['cat', 'dog'])
    expect(images.map(({ key, classIndex }) => [key, classIndex])).toEqual([
      ['photos/1.jpg', 0],
      ['photos/2.jpg', 1],
      ['3.jpg', 0],
    ])
    expect(problems).toEqual([])
  })

  it('may divide the images by a third column', async () => {
    const path = await listOf('photos/1.jpg cat train\nphotos/2.jpg dog Train\n3.jpg cat validation\n')
    const { split, problems } = await scan(path)
    expect(split).toEqual({ origin: 'folders', parts: ['train', 'train', 'val'] })
    expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'note class-missing-from-split',
    ])
  })

  it('may be written by any editor: tabs, spaces at ends, blank lines, comments, a byte-order mark, Windows line ends', async () => {
    const lines = ['\ufeff# path\tclass', '', 'more/with space.jpg\tblack cat\t', '  photos/1.jpg   dog  ']
    const { classNames, images, problems } = await scan(await listOf(lines.join('\r\n')))
    expect(images.map(({ key, classIndex }) => `${key} ${classNames[classIndex] ?? ''}`)).toEqual([
      'more/with space.jpg black cat',
      'photos/1.jpg dog',
    ])
    expect(problems).toEqual([])
  })

  it('leaves out each line that names no image inside its folder, and says which and why', async () => {
    const lines = [
      'photos/1.jpg cat',
      'photos/2.jpg dog',
      '/etc/hostname cat',
      '../outside.jpg cat',
      'photos/../../outside.jpg cat',
      'C:\\photos\\1.jpg cat',
      'photos/1.jpg dog',
      '3.jpg',
      '3.jpg cat later',
      'more/with space.jpg cat train',
      'gone.jpg cat',
      '.. cat',
    ]
    const { images, problems } = await scan(await listOf(lines.join('\n')))
    expect(images.map(({ key }) => key)).toEqual(['photos/1.jpg', 'photos/2.jpg'])
    expect(problems.map(named)).toEqual([
      'error unreadable gone.jpg — Line 11: the file cannot be read: it no longer exists.',
      'error bad-entry list.txt:10 — Line 10: it has more than three columns. Where a path or a class has spaces in it, part the columns by tabs.',
      'error bad-entry list.txt:12 — Line 12: “..” leads out of the folder of the list. Put the list into the folder that all its images are in.',
      'error bad-entry list.txt:3 — Line 3: “/etc/hostname” is an absolute path. Write it relative to the folder of the list.',
      'error bad-entry list.txt:4 — Line 4: “../outside.jpg” leads out of the folder of the list. Put the list into the folder that all its images are in.',
      'error bad-entry list.txt:5 — Line 5: “photos/../../outside.jpg” leads out of the folder of the list. Put the list into the folder that all its images are in.',
      'error bad-entry list.txt:6 — Line 6: “C:\\photos\\1.jpg” is an absolute path. Write it relative to the folder of the list.',
      'error bad-entry list.txt:7 — Line 7: “photos/1.jpg” is already on line 1.',
      'error bad-entry list.txt:8 — Line 8: it needs a path and a class.',
      'error bad-entry list.txt:9 — Line 9: its third column is “later”, not train, val or test. Where a path or a class has spaces in it, part the columns by tabs.',
    ])
  })

  it('follows links to files, and no folder that is a link out of its own', async () => {
    const outside = temporaryFolder()
    await writeTree(outside, { 'secret/1.jpg': imageBytes(4) })
    const path = await listOf('in.jpg cat\nphotos/1.jpg dog\nout.jpg cat\nout/1.jpg cat\n')
    const folder = join(path, '..')
    await symlink('photos/2.jpg', join(folder, 'in.jpg'))
    await symlink(join(outside, 'secret/1.jpg'), join(folder, 'out.jpg'))
    await symlink(join(outside, 'secret'), join(folder, 'out'))
    const { images, problems } = await scan(path)
    expect(images.map(({ key, linkTarget }) => [key, linkTarget])).toEqual([
      ['in.jpg', null],
      ['photos/1.jpg', null],
      ['out.jpg', join(outside, 'secret/1.jpg')],
    ])
    expect(problems.map(({ code, path: key }) => [code, key])).toEqual([['symlink-outside', 'out/1.jpg']])
    expect(problems[0]?.message).toContain(
      `Line 4: the file is outside the folder of the list: a folder above it is a link to ${join(outside, 'secret')}`,
    )
  })

  it('keeps classes that differ in case apart, and says so', async () => {
    const { classNames, problems } = await scan(await listOf('photos/1.jpg Cat\nphotos/2.jpg cat\n'))
    expect(classNames).toEqual(['Cat', 'cat'])
    expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['note duplicate-class-name'])
  })

  it('is refused as a whole where it is not there, is not text, names nothing or one class', async () => {
    await expect(scan(join(temporaryFolder(), 'none.txt'))).rejects.toMatchObject({ code: 'path-not-found' })
    await expect(scan(await listOf(Buffer.from([0x61, 0xff, 0xfe, 0x0a])))).rejects.toMatchObject({
      code: 'path-not-readable',
      message: expect.stringContaining('not text in UTF-8') as unknown,
    })
    await expect(scan(await listOf('cat 1.jpg\n'))).rejects.toMatchObject({
      code: 'dataset-empty',
      message: expect.stringContaining('For example cat: Line 1: the file cannot be read') as unknown,
      wayOut: expect.stringContaining('relative to the folder of the list') as unknown,
    })
    await expect(scan(await listOf('3.jpg cat\n'))).rejects.toMatchObject({ code: 'dataset-one-class' })
  })

  it('can be cancelled', async () => {
    const path = await listOf('photos/1.jpg cat\nphotos/2.jpg dog\n')
    await expect(scan(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('what a path is', () => {
  it('is told by its content; where nothing is there, by its ending, in any case', async () => {
    const folder = temporaryFolder()
    await mkdir(join(folder, 'odd.txt'))
    await writeTree(folder, {
      'train.LST': 'cats/1.jpg cat\n',
      'table.txt': 'path,label\ncats/1.jpg,cat\n',
      'list.data': 'cats/1.jpg\tcat\ncats/2.jpg\tcat\n',
      'named.tsv': 'path\tlabel\ncats/1.jpg\tcat\n',
      'empty.csv': '',
      'empty.txt': '',
      'latin.csv': Buffer.from('path,label\nK\xe4fer.jpg,K\xe4fer\n', 'latin1'),
      'song.mp3': Buffer.from([0x49, 0x44, 0x33, 0, 0xff]),
    })
    const kindOf = async (name: string): Promise<string> => (await addressOf(join(folder, name))).kind
    const names =
      'train.LST table.txt list.data named.tsv empty.csv empty.txt latin.csv song.mp3 odd.txt gone.txt gone.csv gone .'
    expect(await Promise.all(names.split(' ').map(async (name) => `${name} ${await kindOf(name)}`))).toEqual([
      'train.LST list',
      'table.txt table',
      'list.data list',
      'named.tsv table',
      'empty.csv table',
      'empty.txt list',
      'latin.csv table',
      'song.mp3 folder',
      'odd.txt folder',
      'gone.txt list',
      'gone.csv table',
      'gone folder',
      '. folder',
    ])
    expect(sourceName(await addressOf(join(folder, 'train.LST')))).toBe('train')
    expect(sourceName(await addressOf(join(folder, 'odd.txt')))).toBe('odd.txt')
  })
})
