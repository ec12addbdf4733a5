import { execFileSync } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { diskFiles, type FileSource } from '../../src/main/images/file-source'
import { sharp } from '../../src/main/images/image-library'
import { noise, temporaryFolder, writeTree } from '../images/support/images'
import { brief, datasetWith, makeImages, imageBytes, problemAt, scan } from './support/scan-helpers'

beforeAll(makeImages)

describe('faults are named and the rest goes on', () => {
  test.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)(
    'a %s file that was cut off',
    async (format) => {
      const { pixels, widthPx, heightPx } = noise(3, 200, 160)
      const whole = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
        .toFormat(format)
        .toBuffer()
      const files: Record<string, Buffer> = {}
      for (const percent of [30, 70, 99])
        files[`cat/${percent}`] = whole.subarray(0, Math.floor((whole.length * percent) / 100))
      const result = await scan(await datasetWith(files))
      expect(result.images).toHaveLength(2)
      expect(Object.keys(files).map((path) => brief(problemAt(result, path)))).toEqual(
        new Array(3).fill('error truncated'),
      )
    },
  )

  test('damaged, empty and undecodable files', async () => {
    const { pixels } = noise(3, 200, 160)
    const garbled = await sharp(pixels, { raw: { width: 200, height: 160, channels: 3 } })
      .jpeg()
      .toBuffer()
    for (let index = 0; index < 40; index++)
      garbled[(garbled.length >> 1) + index * 7] = index % 2 === 0 ? 0xff : 0xc5
    const rootPath = await datasetWith({
      'cat/damaged.jpg': garbled,
      'cat/header only.png': Buffer.from('\x89PNG\r\n\x1a\nrubbish', 'latin1'),
      'cat/empty.jpg': '',
      'cat/photo.heic': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      'cat/text.jpg': 'This is not an image.',
    })
    const result = await scan(rootPath)
    expect(brief(problemAt(result, 'cat/damaged.jpg'))).toBe('error corrupt')
    expect(brief(problemAt(result, 'cat/header only.png'))).toBe('error truncated')
    expect(brief(problemAt(result, 'cat/empty.jpg'))).toBe('error empty-file')
    expect(brief(problemAt(result, 'cat/photo.heic'))).toBe('error unsupported-format')
    expect(problemAt(result, 'cat/photo.heic')?.message).toContain('HEIC')
    expect(brief(problemAt(result, 'cat/text.jpg'))).toBe('note unsupported-format')
    expect(result.images).toHaveLength(2)
  })

  test('a harmless fault is noted and the image used', async () => {
    const whole = imageBytes(2)
    const tables = whole.indexOf(Buffer.from([0xff, 0xc4]))
    expect(tables).toBeGreaterThan(0)
    // Five bytes between two markers, as careless editors leave them: decoders skip them.
    const untidy = Buffer.concat([whole.subarray(0, tables), Buffer.alloc(5), whole.subarray(tables)])
    const result = await scan(await datasetWith({ 'cat/untidy.jpg': untidy }))
    expect(result.images).toHaveLength(3)
    expect(brief(problemAt(result, 'cat/untidy.jpg'))).toBe('note corrupt')
    expect(problemAt(result, 'cat/untidy.jpg')?.message).toContain('extraneous bytes')
  })

  test('an image of more than 100 megapixels is refused before it is decoded', async () => {
    const huge = await sharp({
      create: { width: 10_001, height: 10_000, channels: 3, background: '#fff' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer()
    const result = await scan(await datasetWith({ 'cat/huge.png': huge }))
    expect(brief(problemAt(result, 'cat/huge.png'))).toBe('error too-large')
    expect(problemAt(result, 'cat/huge.png')?.message).toContain('megapixels')
  })

  test('an image with a side that no resize can afford is refused, in every format that may have one', async () => {
    const long = sharp({ create: { width: 70_000, height: 2, channels: 3, background: '#fff' } })
    const result = await scan(
      await datasetWith({
        'cat/long.png': await long.clone().png().toBuffer(),
        'cat/long.tif': await long.clone().tiff({ compression: 'lzw' }).toBuffer(),
        'cat/long.ppm': Buffer.concat([Buffer.from('P6\n70000 1\n255\n'), Buffer.alloc(210_000)]),
      }),
    )
    for (const name of ['cat/long.png', 'cat/long.tif', 'cat/long.ppm']) {
      expect(brief(problemAt(result, name))).toBe('error too-large')
      expect(problemAt(result, name)?.message).toContain('One side of the image has 70000 pixels')
    }
  })

  test('hidden files and folders are left alone and noted', async () => {
    const rootPath = await datasetWith({
      '.ipynb_checkpoints/1.jpg': imageBytes(2),
      '__MACOSX/cat/1.jpg': imageBytes(3),
      'cat/.DS_Store': 'x',
      'cat/Thumbs.db': 'x',
    })
    const result = await scan(rootPath)
    expect(result.classNames).toEqual(['cat', 'dog'])
    for (const path of ['.ipynb_checkpoints', '__MACOSX', 'cat/.DS_Store', 'cat/Thumbs.db']) {
      expect(brief(problemAt(result, path))).toBe('note hidden')
    }
  })

  /** Root may read everything, so the refusal of the system is played. */
  function refusing(code: string, syscall: string, part: string): FileSource {
    const refuse = (path: string): void => {
      if (path.includes(part))
        throw Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall })
    }
    return {
      ...diskFiles,
      list: async (path) => (refuse(path), diskFiles.list(path)),
      read: async (path, ...rest) => (refuse(path), diskFiles.read(path, ...rest)),
    }
  }

  test('a file that may not be opened is a fault of its own', async () => {
    const rootPath = await datasetWith({ 'cat/locked.jpg': imageBytes(2) })
    const result = await scan(rootPath, { files: refusing('EACCES', 'open', 'locked') })
    expect(brief(problemAt(result, 'cat/locked.jpg'))).toBe('error unreadable')
    expect(problemAt(result, 'cat/locked.jpg')?.message).toContain('permission denied')
    expect(result.images).toHaveLength(2)
  })

  test.each([
    ['EACCES', 'scandir', 'locked folder', 'path-not-readable', /permission denied.*Nothing was changed/],
    ['EACCES', 'stat', '1.jpg', 'path-not-readable', /permission denied/],
    ['EMFILE', 'scandir', '', 'path-not-readable', /too many files are open/],
    ['EMFILE', 'open', '1.jpg', 'path-not-readable', /too many files are open/],
    ['EIO', 'read', '1.jpg', 'path-not-readable', /the disk reports an error/],
    ['ENOSPC', 'write', '1.jpg', 'disk-full', /no space is left/],
    ['ESTALE', 'open', '1.jpg', 'path-not-readable', /ESTALE/],
  ])(
    '%s by %s of %s ends the import: it is not the images’ fault',
    async (code, syscall, part, ends, words) => {
      const rootPath = await datasetWith({ 'cat/locked folder/1.jpg': imageBytes(3) })
      await expect(scan(rootPath, { files: refusing(code, syscall, part) })).rejects.toMatchObject({
        code: ends,
        message: expect.stringMatching(words) as unknown,
      })
    },
  )

  test.each([
    ['EMFILE', 'realpath'],
    ['EIO', 'lstat'],
  ])('%s by %s of a link ends the import', async (code, syscall) => {
    const rootPath = await datasetWith({})
    await symlink('1.jpg', join(rootPath, 'cat/link.jpg'))
    const refuse = async (): Promise<never> => {
      throw Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall })
    }
    const files: FileSource = {
      ...diskFiles,
      realPath: (path) => (path.includes('link') ? refuse() : diskFiles.realPath(path)),
    }
    await expect(scan(rootPath, { files })).rejects.toMatchObject({ code: 'path-not-readable' })
  })

  test('a link to what is locked is a fault of its own', async () => {
    const rootPath = await datasetWith({})
    await symlink('/locked/1.jpg', join(rootPath, 'cat/link.jpg'))
    const denied = Object.assign(new Error('EACCES: refused, realpath'), {
      code: 'EACCES',
      syscall: 'realpath',
    })
    const files: FileSource = {
      ...diskFiles,
      realPath: (path) => (path.includes('link') ? Promise.reject(denied) : diskFiles.realPath(path)),
    }
    const result = await scan(rootPath, { files })
    expect(problemAt(result, 'cat/link.jpg')?.message).toBe(
      'It is a link to /locked/1.jpg, which cannot be followed: permission denied.',
    )
    expect(result.images).toHaveLength(2)
  })

  test('of a list, a folder that may not be looked into ends the import', async () => {
    const rootPath = await datasetWith({ 'list.txt': 'cat/1.jpg cat\ndog/1.jpg dog\n' })
    const denied = Object.assign(new Error('EACCES: refused, lstat'), { code: 'EACCES', syscall: 'lstat' })
    const files: FileSource = {
      ...diskFiles,
      realPath: (path) => (path.includes('dog') ? Promise.reject(denied) : diskFiles.realPath(path)),
    }
    await expect(scan(join(rootPath, 'list.txt'), { files })).rejects.toMatchObject({
      code: 'path-not-readable',
      message: `The system does not let the workbench read ${join(rootPath, 'dog')}: permission denied. Nothing was changed.`,
    })
  })

  test('a folder that goes away while it is listed ends the import, and is no bug', async () => {
    const rootPath = await datasetWith({})
    const files: FileSource = {
      ...diskFiles,
      async list(path) {
        const found = await diskFiles.list(path)
        await rm(rootPath, { recursive: true, force: true })
        return found
      },
    }
    await expect(scan(rootPath, { files })).rejects.toMatchObject({
      code: 'path-not-found',
      message: expect.stringContaining('cannot be read any more') as string,
    })
  })

  test('a folder that goes away while its images are read ends the import', async () => {
    const rootPath = await datasetWith({})
    const files: FileSource = {
      ...diskFiles,
      async read(path, ...rest) {
        await rm(rootPath, { recursive: true, force: true })
        return diskFiles.read(path, ...rest)
      },
    }
    await expect(scan(rootPath, { files })).rejects.toMatchObject({
      code: 'path-not-found',
      message: expect.stringMatching(/cannot be read any more.*Nothing was imported/) as unknown,
    })
  })

  test('names that are not UTF-8, and things that are no files', async () => {
    const rootPath = await datasetWith({})
    await writeFile(
      Buffer.concat([Buffer.from(`${rootPath}/cat/`), Buffer.from([0x66, 0xff, 0x2e, 0x6a])]),
      imageBytes(2),
    )
    execFileSync('mkfifo', [join(rootPath, 'cat/pipe')])
    const result = await scan(rootPath)
    expect(result.problems.map(brief)).toEqual(['error unreadable', 'error unreadable'])
    expect(result.problems.map((problem) => problem.message).join()).toMatch(/UTF-8/)
    expect(result.images).toHaveLength(2)
  })

  test('links to folders out of the folder are left out, links to files and within it are followed, circles end', async () => {
    const outside = temporaryFolder()
    await writeTree(outside, { 'secret/1.jpg': imageBytes(2) })
    const rootPath = await datasetWith({ 'cat/more/2.jpg': imageBytes(3) })
    await symlink(join(outside, 'secret'), join(rootPath, 'cat/out'))
    await symlink(join(outside, 'secret/1.jpg'), join(rootPath, 'cat/out.jpg'))
    await symlink('nowhere', join(rootPath, 'cat/dangling.jpg'))
    await symlink('../dog/1.jpg', join(rootPath, 'cat/in.jpg'))
    await symlink('..', join(rootPath, 'cat/more/up'))
    await symlink('self', join(rootPath, 'cat/self'))
    await symlink('/dev/zero', join(rootPath, 'cat/zero.jpg'))
    execFileSync('mkfifo', [join(outside, 'pipe')])
    await symlink(join(outside, 'pipe'), join(rootPath, 'cat/pipe.jpg'))
    const result = await scan(rootPath)
    expect(brief(problemAt(result, 'cat/out'))).toBe('error symlink-outside')
    expect(problemAt(result, 'cat/out')?.message).toContain(`a link to the folder ${join(outside, 'secret')}`)
    expect(brief(problemAt(result, 'cat/dangling.jpg'))).toBe('error unreadable')
    expect(problemAt(result, 'cat/dangling.jpg')?.message).toBe(
      'It is a link to nowhere, which cannot be followed: it no longer exists.',
    )
    expect(brief(problemAt(result, 'cat/self'))).toBe('error unreadable')
    expect(problemAt(result, 'cat/self')?.message).toContain(
      'It is a link to self, which cannot be followed: its links form a loop',
    )
    expect(brief(problemAt(result, 'cat/zero.jpg'))).toBe('error unreadable')
    expect(problemAt(result, 'cat/zero.jpg')?.message).toContain(
      'It is a link to /dev/zero, which is neither',
    )
    expect(problemAt(result, 'cat/pipe.jpg')?.message).toContain(
      `It is a link to ${join(outside, 'pipe')}, which is neither`,
    )
    expect(brief(problemAt(result, 'cat/more/up'))).toBe('note symlink-outside')
    expect(result.images.map((image) => image.key)).toEqual([
      'cat/1.jpg',
      'cat/in.jpg',
      'cat/more/2.jpg',
      'cat/out.jpg',
      'dog/1.jpg',
    ])
    expect(result.images.map((image) => image.linkTarget)).toEqual([
      null,
      null,
      null,
      join(outside, 'secret/1.jpg'),
      null,
    ])
  })

  test('one name in two Unicode forms cannot be two classes: the later by code point is left out', async () => {
    const rootPath = await datasetWith({
      'caf\u00e9/1.jpg': imageBytes(3),
      'cafe\u0301/1.jpg': imageBytes(4),
    })
    const result = await scan(rootPath)
    expect(result.classNames).toEqual(['caf\u00e9', 'cat', 'dog'])
    const problem = problemAt(result, 'caf\u00e9') // é as one character is the later code point
    expect(brief(problem)).toBe('error duplicate-class-name')
    expect(problem?.message).toContain('the same name, written in two Unicode forms')
    expect(result.images.find((image) => image.key === 'cafe\u0301/1.jpg')?.classIndex).toBe(0)
  })

  test('classes that differ only in case are two classes, which is noted; ß is not a way to write ss', async () => {
    const rootPath = await datasetWith({
      'A/1.jpg': imageBytes(2),
      'a/1.jpg': imageBytes(3),
      'Stra\u00dfe/1.jpg': imageBytes(4),
      'Strasse/1.jpg': imageBytes(5),
    })
    const { classNames, problems } = await scan(rootPath)
    expect(classNames).toEqual(['A', 'Strasse', 'Stra\u00dfe', 'a', 'cat', 'dog'])
    expect(problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual([
      'note duplicate-class-name a',
    ])
  })

  test('where the file system takes names that differ in case for one, two spellings of a class are refused', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, {
      'train/Cat/1.jpg': imageBytes(0),
      'train/dog/1.jpg': imageBytes(1),
      'test/cat/1.jpg': imageBytes(2),
      'test/dog/1.jpg': imageBytes(3),
    })
    // As a Mac or Windows has it: any spelling leads to the same folder.
    const kindOf: FileSource['kindOf'] = (path) => diskFiles.kindOf(path).catch(() => 'folder' as const)
    const result = await scan(rootPath, { files: { ...diskFiles, kindOf } })
    expect(result.classNames).toEqual(['Cat', 'dog'])
    expect(problemAt(result, 'test/cat')?.message).toContain(
      'differ only in case, which this file system takes for one',
    )
    expect((await scan(rootPath)).classNames).toEqual(['Cat', 'cat', 'dog'])
  })

  test('the same class in two Unicode forms in two parts is one class', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, {
      'train/caf\u00e9/1.jpg': imageBytes(0),
      'train/dog/1.jpg': imageBytes(1),
      'test/cafe\u0301/1.jpg': imageBytes(2),
    })
    const result = await scan(rootPath)
    expect(result.classNames).toEqual(['caf\u00e9', 'dog'])
    expect(result.images).toHaveLength(3)
  })

  test('thousands of files with one fault do not fill the list', async () => {
    const rootPath = await datasetWith({})
    await mkdir(join(rootPath, 'cat'), { recursive: true })
    for (let index = 0; index < 1100; index++) await writeFile(join(rootPath, `cat/${index}.txt`), 'text')
    const { problems } = await scan(rootPath)
    expect(problems).toHaveLength(1001)
    expect(problems.at(-1)?.message).toContain('100 more')
  })
})
