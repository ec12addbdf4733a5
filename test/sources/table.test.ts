import { copyFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TableColumns } from '../../src/contract/entities/dataset'
import { diskFiles } from '../../src/main/images/file-source'
import { problemList } from '../../src/main/sources/problem-list'
import { addressOf, openSource } from '../../src/main/sources/sources'
import { findColumns } from '../../src/main/sources/table-columns'
import { makeImages, imageBytes, scan } from '../datasets/support/scan-helpers'
import { temporaryFolder, writeTree } from '../images/support/images'
import { fixtures, otherCounts, ourCounts } from './support/other-tools'

beforeAll(makeImages)

/** A folder with some images and a table; the path of the table. */
async function tableOf(text: string | Buffer, name = 'labels.csv'): Promise<string> {
  const folder = temporaryFolder()
  await writeTree(folder, {
    'photos/1.jpg': imageBytes(0),
    'photos/2.jpg': imageBytes(1),
    'photos/a, b.jpg': imageBytes(2),
    '3.jpg': imageBytes(3),
    [name]: text,
  })
  return join(folder, name)
}

const rows = async (path: string, columns?: TableColumns): Promise<string[]> => {
  const source = { ...(await addressOf(path)), ...(columns && { columns }) }
  const { images, classNames } = await scan(path, { source })
  return images.map(
    ({ key, classIndex, folderPart }) => `${key} ${classNames[classIndex] ?? ''} ${folderPart ?? '-'}`,
  )
}

const named = ({ path, severity, code, message }: Record<string, string>): string =>
  `${severity ?? ''} ${code ?? ''} ${path ?? ''} — ${message ?? ''}`

describe('a table of images', () => {
  it('gives each image the class and the part of its row', async () => {
    const path = await tableOf(
      'id,image,label,split\n7,photos/1.jpg,cat,train\n8,photos/2.jpg,dog,train\n9,3.jpg,cat,test\n',
    )
    expect((await addressOf(path)).kind).toBe('table')
    expect(await rows(path)).toEqual(['photos/1.jpg cat train', 'photos/2.jpg dog train', '3.jpg cat test'])
  })

  it('says of each image what another column has', async () => {
    const path = await tableOf(
      'image,label,Patient\nphotos/1.jpg,cat,Ada\nphotos/2.jpg,dog,\n3.jpg,cat, Bob \n',
    )
    const source = openSource(await addressOf(path))
    expect([...((await source.valuesOf?.('patient')) ?? [])]).toEqual([
      ['photos/1.jpg', 'Ada'],
      ['3.jpg', 'Bob'],
    ])
    await expect(source.valuesOf?.('ward')).rejects.toThrow(/has no column “ward”/)
  })

  it.each([
    ['semicolons', 'file;class\nphotos/1.jpg;cat\nphotos/2.jpg;dog\n'],
    ['tabs', 'file\tclass\nphotos/1.jpg\tcat\nphotos/2.jpg\tdog\n'],
    ['bars', 'photos/1.jpg|cat|0.5\nphotos/2.jpg|dog|0.25\n'],
    ['no header', 'photos/1.jpg,cat\nphotos/2.jpg,dog\n'],
    ['the class first', 'cat,photos/1.jpg\ndog,photos/2.jpg'],
    [
      'Windows line ends and a byte-order mark',
      '\ufeffpath,label\r\nphotos/1.jpg,cat\r\nphotos/2.jpg,dog\r\n',
    ],
    ['old Mac line ends', 'path,label\rphotos/1.jpg,cat\rphotos/2.jpg,dog\r'],
    [
      'blank lines, comments and spaces',
      '# mine\npath , label\n\n photos/1.jpg , cat\n"photos/2.jpg",dog \n\n',
    ],
    ['backslashes', 'path,label\nphotos\\1.jpg,cat\nphotos\\2.jpg,dog\n'],
    ['paths without the folder that has them all', 'path,label\n1.jpg,cat\n2.jpg,dog\n'],
    ['names without folder and ending', 'image_id,species,weight\n1,cat,2.5\n2,dog,3.5\n'],
    [
      'a cell with quotes, delimiters and a line in it',
      'note,path,label\n"a ""b"", c\nd",photos/1.jpg,cat\n,photos/2.jpg,dog\n',
    ],
  ])('may have %s', async (_, text) => {
    expect(await rows(await tableOf(text))).toEqual(['photos/1.jpg cat -', 'photos/2.jpg dog -'])
  })

  it('may be in UTF-16, as Excel writes Unicode text', async () => {
    const text = '\ufeffpath\tlabel\r\nphotos/1.jpg\tKatze\r\nphotos/2.jpg\tHündin\r\n'
    const little = Buffer.from(text, 'utf16le')
    for (const bytes of [little, Buffer.from(little).swap16()])
      expect(await rows(await tableOf(bytes, 'labels.txt'))).toEqual([
        'photos/1.jpg Katze -',
        'photos/2.jpg Hündin -',
      ])
  })

  it('may name its images by whole paths within its folder', async () => {
    const path = await tableOf('')
    const folder = join(path, '..')
    await writeTree(folder, {
      'labels.csv': `path,label\n${folder}/photos/1.jpg,cat\n${folder}/photos/2.jpg,dog\n`,
    })
    expect(await rows(path)).toEqual(['photos/1.jpg cat -', 'photos/2.jpg dog -'])
  })

  it('is read by the columns that the user chose, by name or number', async () => {
    const path = await tableOf(
      'path,genus,species,part\nphotos/1.jpg,x,a,train\nphotos/2.jpg,y,b,test\n3.jpg,x,b,test\n',
    )
    expect(await rows(path, { label: 'genus' })).toEqual([
      'photos/1.jpg x train',
      'photos/2.jpg y test',
      '3.jpg x test',
    ])
    expect(await rows(path, { label: '3', part: null })).toEqual([
      'photos/1.jpg a -',
      'photos/2.jpg b -',
      '3.jpg b -',
    ])
    const unknown = rows(path, { label: 'Family' })
    await expect(unknown).rejects.toMatchObject({
      code: 'columns-unclear',
      message: expect.stringContaining('There is no column “Family”.') as unknown,
      wayOut: expect.stringContaining('“path”, “genus”, “species”, “part”') as unknown,
    })
    await expect(rows(path, { label: 'path' })).rejects.toMatchObject({ code: 'columns-unclear' })
  })

  it('asks for the class where two columns may be it', async () => {
    const text = 'path,genus,family\nphotos/1.jpg,x,p\nphotos/2.jpg,y,q\n3.jpg,x,p\nphotos/4.jpg,y,q\n'
    await expect(rows(await tableOf(text))).rejects.toMatchObject({
      code: 'columns-unclear',
      message: expect.stringContaining('It does not show which column has the classes.') as unknown,
    })
  })

  it('leaves out each row that names no image inside its folder, and says its line and column', async () => {
    const lines = [
      'path,label,split',
      'photos/1.jpg,cat,train',
      'photos/2.jpg,dog,train',
      '3.jpg,,train',
      '/etc/hostname,cat,train',
      '../outside.jpg,cat,train',
      'photos/1.jpg,dog,train',
      '3.jpg',
      'gone.jpg,cat,test',
      '3.jpg,"two\nlines",train',
      '3.jpg,cat,later',
      ...Array.from({ length: 10 }, (_, index) => `none${String(index)}.jpg,cat,train`),
    ]
    const path = await tableOf(lines.join('\n'))
    const source = { ...(await addressOf(path)), columns: { part: 'split' } }
    const { images, problems } = await scan(path, { source })
    expect(images.map(({ key }) => key)).toEqual(['photos/1.jpg', 'photos/2.jpg'])
    expect(problems.filter(({ path: at }) => !at.startsWith('none')).map(named)).toEqual([
      'error unreadable gone.jpg — Line 9: the file cannot be read: it no longer exists.',
      'error bad-entry labels.csv:11 — Line 11: column “label”: its class has a control character in it.',
      'error bad-entry labels.csv:12 — Line 12: column “split” is “later”, not train, val or test.',
      'error bad-entry labels.csv:4 — Line 4: column “label” is empty.',
      'error bad-entry labels.csv:5 — Line 5: column “path”: “/etc/hostname” is an absolute path. Write it relative to the folder of the table.',
      'error bad-entry labels.csv:6 — Line 6: column “path”: “../outside.jpg” leads out of the folder of the table. Put the table into the folder that all its images are in.',
      'error bad-entry labels.csv:7 — Line 7: “photos/1.jpg” is already on line 2.',
      'error bad-entry labels.csv:8 — Line 8: column “label” is missing: the row has 1.',
    ])
  })

  it('does not follow a folder that is a link out of its own', async () => {
    const outside = temporaryFolder()
    await writeTree(outside, { '1.jpg': imageBytes(4) })
    const path = await tableOf('path,label\nphotos/1.jpg,cat\nphotos/2.jpg,dog\nout/1.jpg,cat\n')
    await symlink(outside, join(path, '../out'))
    const { images, problems } = await scan(path)
    expect(images).toHaveLength(2)
    expect(problems.map(({ code, path: key }) => [code, key])).toEqual([['symlink-outside', 'out/1.jpg']])
  })

  it.each([
    ['', 'bad-input', 'is not a table. It is empty.'],
    ['one\ntwo\n', 'bad-input', 'Its first rows do not have the same two or more columns.'],
    ['path,label\n', 'columns-unclear', 'It does not show which column has the paths'],
    ['path,label\n1.jpg,"cat\n2.jpg,dog\n', 'bad-input', 'is not a table.'],
    [Buffer.from('path,label\n1.jpg,K\xe4fer\n', 'latin1'), 'path-not-readable', 'it is not text in UTF-8'],
    ['path,label\n"photos/1.jpg",cat\nnone.jpg,dog\n', 'dataset-one-class', 'only one class'],
  ])('is refused as a whole where it cannot be one: %j', async (text, code, message) => {
    await expect(scan(await tableOf(text))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    })
  })

  it('says at which line and column a quote is wrong', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `photos/${String(index)}.jpg,cat\n`).join('')
    await expect(scan(await tableOf(`path,label\n${many}photos/1.jpg,b"cat"\n`))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(
        'line 302, column 2: a quote " stands within a value that does not begin with one.',
      ) as unknown,
    })
    await expect(scan(await tableOf(`path,label\n${many}photos/1.jpg,"cat\n`))).rejects.toMatchObject({
      message: expect.stringContaining('a quote " is opened and never closed') as unknown,
    })
  })

  it('can be cancelled while it is read', async () => {
    const path = await tableOf('path,label\nphotos/1.jpg,cat\nphotos/2.jpg,dog\n')
    await expect(scan(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('reads large tables whole, characters of any length and pieces of any size', async () => {
    const path = await tableOf(
      `path,label\n${Array.from({ length: 30_000 }, (_, index) => `photos/1.jpg,🐈${String(index)}\n`).join('')}photos/2.jpg,🐕\n`,
    )
    const problems = problemList()
    const source = openSource(await addressOf(path), diskFiles)
    const listing = await source.list({ problems, onProgress: () => undefined })
    expect(listing.keys).toEqual(['photos/1.jpg', 'photos/2.jpg'])
    expect(problems.count).toBe(29_999)
    expect(JSON.stringify(problems.read())).not.toContain('\ufffd')
  })
})

describe('a table that another tool wrote', () => {
  it.each(['pandas.csv', 'excel.csv'])('has the counts of that tool: %s', async (name) => {
    const folder = temporaryFolder()
    const photos = Array.from({ length: 12 }, (_, index) => [`photos/${String(index)}.jpg`, imageBytes(0)])
    await writeTree(folder, Object.fromEntries(photos) as Record<string, Buffer>)
    await copyFile(join(fixtures, 'table', name), join(folder, name))
    expect(await ourCounts(join(folder, name))).toEqual({ kind: 'table', ...otherCounts(name) })
  })
})

describe('the columns of a table', () => {
  const found = (text: string) => findColumns(text.split('\n').map((row) => row.split(',')))

  it('are told by their content before their names', () => {
    expect(found('label,file\n1.jpg,cat\n2.jpg,dog')).toMatchObject({ path: 0, label: 1 })
    expect(found('path,split,label\n1.jpg,a,x\n2.jpg,b,y')).toMatchObject({ part: null, label: 2 })
    expect(found('path,where,label\n1.jpg,train,x\n2.jpg,test,y')).toMatchObject({ part: 1, label: 2 })
  })

  it('prefer names of classes to their numbers', () => {
    expect(found('class_id,class_name,file\n0,cat,1.jpg\n1,dog,2.jpg')).toEqual({
      hasHeader: true,
      path: 2,
      label: 1,
      part: null,
    })
  })

  it('have no header where the first row is like the others', () => {
    expect(found('1.jpg,cat\n2.jpg,dog').hasHeader).toBe(false)
    expect(found('one,cat\ntwo,dog\nthree,cat').hasHeader).toBe(false)
    expect(found('image,class\none,cat\ntwo,dog').hasHeader).toBe(true)
  })
})
