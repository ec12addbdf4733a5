import { hash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { SplitPart } from '../../src/contract/entities/dataset'
import { diskFiles, type FileSource } from '../../src/main/images/file-source'
import { sharp } from '../../src/main/images/image-library'
import type { ScanProgress } from '../../src/main/datasets/scan'
import { addressOf } from '../../src/main/sources/sources'
import { bitmap, encode, quadrants, temporaryFolder, writeTree } from '../images/support/images'
import { brief, datasetWith, makeImages, imageBytes, problemAt, scan } from './support/scan-helpers'

beforeAll(makeImages)

describe('layouts', () => {
  test('a folder per class: nested folders belong to their class, names are sorted by code point', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, {
      'b/1.jpg': imageBytes(0),
      'b/deep er/and "deeper"/2.jpg': imageBytes(1),
      '\u{1F98B}/3.jpg': imageBytes(2),
      '\uFB01/4.jpg': imageBytes(3), // before the butterfly by code point, after it by UTF-16
      'A\nB/5.jpg': imageBytes(4),
    })
    const { classNames, images, split, problems } = await scan(rootPath)
    expect(classNames).toEqual(['A\nB', 'b', '\uFB01', '\u{1F98B}'])
    expect(images.filter((image) => image.classIndex === 1).map((image) => image.key)).toEqual([
      'b/1.jpg',
      'b/deep er/and "deeper"/2.jpg',
    ])
    expect(split.origin).toBe('seeded')
    expect(problems).toEqual([])
  })

  test.each([
    ['train', 'val', 'test'],
    ['Train', 'Valid', 'TEST'],
    ['TRAIN', 'validation', 'Test'],
  ])('part folders named %s, %s and %s give the parts', async (trainName, valName, testName) => {
    const rootPath = temporaryFolder()
    const parts: Record<string, SplitPart> = { [trainName]: 'train', [valName]: 'val', [testName]: 'test' }
    for (const [index, part] of Object.keys(parts).entries()) {
      await writeTree(rootPath, {
        [`${part}/cat/a/1.jpg`]: imageBytes(index),
        [`${part}/dog/1.jpg`]: imageBytes(index + 3),
      })
    }
    const { classNames, images, split } = await scan(rootPath)
    expect(classNames).toEqual(['cat', 'dog'])
    expect(split.origin).toBe('folders')
    expect(images).toHaveLength(6)
    images.forEach((image, index) => expect(split.parts[index]).toBe(parts[image.key.split('/')[0] ?? '']))
  })

  test('Training and Testing, as they come with a well-known dataset, are two parts of three classes, which is said', async () => {
    const rootPath = temporaryFolder()
    for (const [index, name] of ['glioma', 'meningioma', 'pituitary'].entries()) {
      await writeTree(rootPath, {
        [`Training/${name}/0.jpg`]: imageBytes(index),
        [`Testing/${name}/0.jpg`]: imageBytes(index + 3),
      })
    }
    const { classNames, split, problems } = await scan(rootPath)
    expect(classNames).toEqual(['glioma', 'meningioma', 'pituitary'])
    expect(split).toEqual({ origin: 'folders', parts: ['test', 'test', 'test', 'train', 'train', 'train'] })
    expect(problems).toEqual([
      {
        severity: 'note',
        code: 'layout',
        path: '',
        message: '"Testing" is test, "Training" is train. The folders in them are the classes.',
      },
    ])
  })

  test('folders that can be read in two ways are never read as classes in silence: the import ends and asks', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, { 'train/1.jpg': imageBytes(0), 'test/1.jpg': imageBytes(1) })
    let readCount = 0
    const files: FileSource = { ...diskFiles, read: (...given) => (readCount++, diskFiles.read(...given)) }
    await expect(scan(rootPath, { files })).rejects.toMatchObject({
      code: 'layout-unclear',
      message: expect.stringContaining('named as parts ("test" and "train")'),
      wayOut: expect.stringContaining('classes, or parts'),
    })
    expect(readCount).toBe(0) // nobody waits for all images before being asked
    const chosen = await scan(rootPath, { source: { ...(await addressOf(rootPath)), folders: 'classes' } })
    expect(chosen.classNames).toEqual(['test', 'train'])
    expect(chosen.source).toMatchObject({ folders: 'classes' })
    expect(chosen.problems.map(brief)).toEqual(['note layout'])
  })

  test('images without an ending count, too, once they are read', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, { 'train/1': imageBytes(0), 'test/1': imageBytes(1) })
    await expect(scan(rootPath)).rejects.toMatchObject({ code: 'layout-unclear' })
  })

  test('a folder that has nothing to do with the parts is left out, and named once with the number of its images', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, {
      'train/a/1.jpg': imageBytes(0),
      'train/b/1.jpg': imageBytes(1),
      'test/a/1.jpg': imageBytes(2),
      'test/b/1.jpg': imageBytes(3),
      'docs/1.jpg': imageBytes(4),
      'docs/2.jpg': imageBytes(5),
    })
    const result = await scan(rootPath)
    expect(result.classNames).toEqual(['a', 'b'])
    expect(result.problems).toEqual([
      expect.objectContaining({
        path: 'docs',
        code: 'outside-class-folder',
        message: 'The folder is none of the parts ("test" and "train"): its 2 images were left out.',
      }),
    ])
  })

  test('a class that a part lacks is noted and keeps its place', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, {
      'train/a/1.jpg': imageBytes(0),
      'train/b/1.jpg': imageBytes(1),
      'train/c/1.jpg': imageBytes(2),
    })
    await writeTree(rootPath, { 'test/a/1.jpg': imageBytes(3), 'test/c/1.jpg': imageBytes(4) })
    const result = await scan(rootPath)
    expect(brief(problemAt(result, 'b'))).toBe('note class-missing-from-split')
    expect(result.images.find((image) => image.key === 'test/c/1.jpg')?.classIndex).toBe(2)
  })

  test('images outside class folders and folders without images are named', async () => {
    const rootPath = await datasetWith({
      'stray.jpg': imageBytes(2),
      'notes/readme.txt': 'hello',
      'README.md': 'hello',
    })
    const result = await scan(rootPath)
    expect(brief(problemAt(result, 'stray.jpg'))).toBe('error outside-class-folder')
    expect(brief(problemAt(result, 'notes'))).toBe('error empty-class')
    expect(brief(problemAt(result, 'README.md'))).toBe('note unsupported-format')
    expect(result.images).toHaveLength(2)
  })
})

describe('facts', () => {
  test('sizes are those after rotation, hashes are of the bytes, and formats come from the content', async () => {
    const turned = await quadrants(6)
    const grey16 = await sharp(new Uint16Array(100), { raw: { width: 10, height: 10, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    const progress: ScanProgress[] = []
    const rootPath = await datasetWith({ 'cat/turned.png': turned, 'cat/deep.jpg': grey16 })
    const { images } = await scan(rootPath, { onProgress: (step) => progress.push(step) })
    expect(images.find((image) => image.key === 'cat/turned.png')).toMatchObject({
      widthPx: 48,
      heightPx: 32,
      orientation: 6,
      format: 'jpeg',
      byteCount: turned.length,
      contentHash: hash('sha256', turned, 'hex'),
      colourSpace: 'srgb',
      bitsPerSample: 8,
      hasAlpha: false,
    })
    expect(images.find((image) => image.key === 'cat/deep.jpg')).toMatchObject({
      format: 'png',
      colourSpace: 'grey16',
      bitsPerSample: 16,
    })
    expect(progress.at(-1)).toEqual({ phase: 'Done', done: 4, total: 4, problemCount: 0, rotatedCount: 1 })
  })

  test('every supported format is taken', async () => {
    const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const
    const files: Record<string, Buffer> = {
      'cat/bmp': bitmap({ bitsPerPixel: 24, widthPx: 2, rows: [Buffer.from([1, 2, 3, 4, 5, 6])] }),
    }
    for (const [index, format] of formats.entries()) files[`cat/${format}`] = await encode(index + 20, format)
    const { images, problems } = await scan(await datasetWith(files))
    expect(problems).toEqual([])
    expect(new Set(images.map((image) => image.format))).toEqual(new Set([...formats, 'bmp']))
  })

  test('nothing in the folder is changed or added', async () => {
    const rootPath = await datasetWith({ 'cat/broken.jpg': 'no image' })
    const look = async (): Promise<unknown[]> =>
      Promise.all(
        (await readdir(rootPath, { recursive: true })).sort().map(async (path) => {
          const { mtimeMs, size, mode } = await stat(join(rootPath, path))
          return { path, mtimeMs, size, mode }
        }),
      )
    const before = await look()
    await scan(rootPath)
    expect(await look()).toEqual(before)
  })
})

describe('what cannot become a dataset', () => {
  test('says so in its own words', async () => {
    const empty = temporaryFolder()
    await expect(scan(join(empty, 'no'))).rejects.toMatchObject({ code: 'path-not-found' })
    await expect(scan(empty)).rejects.toMatchObject({ code: 'dataset-empty' })
    await writeTree(empty, { 'file.jpg': imageBytes(0) })
    await expect(scan(join(empty, 'file.jpg'))).rejects.toMatchObject({ code: 'not-a-folder' })
    await writeTree(empty, { 'file.jpg': 'no image', 'class/notes.txt': 'none either' })
    await expect(scan(empty)).rejects.toMatchObject({ code: 'dataset-empty' })
  })

  test('but images that lie in no folder wait for labels', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, { '1.jpg': imageBytes(0), '2.jpg': imageBytes(1), 'notes.txt': 'of a walk' })
    const { classNames, images, source } = await scan(rootPath)
    expect(classNames).toEqual(['unlabelled'])
    expect(images.map(({ key }) => key)).toEqual(['1.jpg', '2.jpg'])
    expect(source.folders).toBe('unlabelled')
  })

  test('one class only; where a folder lies too high, the right one is suggested', async () => {
    const rootPath = temporaryFolder()
    await writeTree(rootPath, {
      'photos/cover.jpg': imageBytes(2),
      'photos/cat/1.jpg': imageBytes(0),
      'photos/dog/1.jpg': imageBytes(1),
    })
    await expect(scan(rootPath)).rejects.toMatchObject({
      code: 'dataset-one-class',
      wayOut: expect.stringContaining(`${rootPath}/photos`),
    })
  })

  test('a folder that may not be read', async () => {
    const rootPath = await datasetWith({})
    const list = async (): Promise<never> => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    }
    await expect(scan(rootPath, { files: { ...diskFiles, list } })).rejects.toMatchObject({
      code: 'path-not-readable',
    })
  })

  test('an import that was cancelled, before and during the reading', async () => {
    const rootPath = await datasetWith({ 'cat/2.jpg': imageBytes(2) })
    await expect(scan(rootPath, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    const controller = new AbortController()
    const files: FileSource = {
      ...diskFiles,
      read: async (...request) => {
        controller.abort()
        return diskFiles.read(...request)
      },
    }
    await expect(scan(rootPath, { signal: controller.signal, files })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect((await readFile(join(rootPath, 'cat/2.jpg'))).length).toBeGreaterThan(0)
  })
})
