import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { addressOf, openSource } from '../../src/main/sources/sources'
import { makeImages, imageBytes, scan } from '../datasets/support/scan-helpers'
import { temporaryFolder, writeTree } from '../images/support/images'
import { tarOf } from './support/archives'
import { fixtures, otherCounts, ourCounts } from './support/other-tools'

beforeAll(makeImages)

const sample = (name: string, index: number, label: string, ending = 'cls') => [
  { name: `${name}.${ending}`, bytes: Buffer.from(label) },
  { name: `${name}.jpg`, bytes: imageBytes(index) },
]

describe('shards of WebDataset', () => {
  it.each(['flat.tar', 'shards'])('have the counts of the tool that wrote them: %s', async (name) => {
    const path = join(fixtures, 'webdataset', name)
    expect(await ourCounts(path)).toEqual({ kind: 'webdataset', ...otherCounts(name) })
    const { images, problems } = await scan(path)
    expect(images).toHaveLength(name === 'shards' ? 11 : 9)
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('take the class from the text beside the image, names before numbers', async () => {
    const path = join(temporaryFolder(), 'mine.bin')
    await writeFile(
      path,
      tarOf([
        ...sample('a/000.x', 0, 'cat\n'),
        ...sample('a/001', 1, '{"label": 3, "class_name": "dog"}', 'json'),
        ...sample('a/002', 2, '{"label": 3}', 'JSON'),
        ...sample('a/003', 3, '{"caption": "a cat"}', 'json'),
        ...sample('a/004', 4, '{"label": ', 'json'),
        ...sample('a/005', 5, 'ÿþ'),
        { name: 'a/006.cls', bytes: Buffer.from('cat') },
        { name: 'a/007.jpg', bytes: imageBytes(6) },
        ...sample('a/008', 7, 'two\nlines'),
        { name: 'README', bytes: Buffer.from('hello') },
      ]),
    )
    const { images, classNames, problems, source } = await scan(path)
    expect(source).toEqual({ kind: 'webdataset', path })
    expect(images.map(({ key, classIndex }) => `${key} ${classNames[classIndex] ?? ''}`)).toEqual([
      'a/000.x.jpg cat',
      'a/001.jpg dog',
      'a/002.jpg 3',
      'a/005.jpg ÿþ',
    ])
    expect(problems.map(({ path: at, message }) => `${at} — ${message}`)).toEqual([
      'a/003.json — It says no class.',
      'a/004.json — It says no class.',
      'a/006.cls — Its sample has no image.',
      'a/007.jpg — Its sample has no class: there is no 007.cls.',
      'a/008.cls — Of the sample, its class has a control character in it.',
    ])
  })

  it('of a folder are read and checked one by one', async () => {
    const folder = temporaryFolder()
    await writeTree(folder, {
      'x-train-0.tar': tarOf([...sample('0', 0, 'cat'), ...sample('1', 1, 'dog')]),
      'x-test-0.tar': tarOf(sample('0', 2, 'cat')),
      '.hidden.tar': 'nothing',
    })
    const { images, split } = await scan(folder)
    expect(images.map(({ key }) => key)).toEqual([
      'x-test-0.tar/0.jpg',
      'x-train-0.tar/0.jpg',
      'x-train-0.tar/1.jpg',
    ])
    expect(split.parts).toEqual(['test', 'train', 'train'])
    const source = openSource({ kind: 'webdataset', path: folder })
    const keys = images.map(({ key }) => key)
    const facts = {
      byteCounts: images.map(({ byteCount }) => byteCount),
      modifiedMs: images.map(({ modifiedMs }) => modifiedMs),
    }
    expect(await source.check(keys, { facts })).toEqual({ missing: new Map(), changed: [] })
    expect(source.readNow('x-test-0.tar/0.jpg', 1e6)?.length).toBe(imageBytes(2).length)
    expect(source.place('x-test-0.tar/0.jpg')).toBe(join(folder, 'x-test-0.tar'))
    await rename(join(folder, 'x-test-0.tar'), join(folder, 'x-test-1.tar'))
    expect(await source.check(keys, { facts })).toEqual({
      missing: new Map([[0, 'It no longer exists.']]),
      changed: [],
    })
    expect(await source.problem()).toBeNull()
    await rename(folder, `${folder}-2`)
    expect(await source.problem()).toMatchObject({ isGone: true })
    await rename(`${folder}-2`, folder)
  })

  it('are none where a tar has folders of classes, or what is beside the images says no class', async () => {
    const folder = temporaryFolder()
    await writeTree(folder, {
      'classes.tar': tarOf([
        { name: 'cat/1.jpg', bytes: imageBytes(0) },
        { name: 'dog/1.jpg', bytes: imageBytes(1) },
      ]),
      'captions.tar': tarOf(sample('cat/1', 0, 'a cat', 'txt')),
      'broken.tar': tarOf(sample('1', 0, 'cat')).subarray(0, 1100),
    })
    for (const name of ['classes.tar', 'captions.tar', 'broken.tar'])
      expect((await addressOf(join(folder, name))).kind).toBe('tar')
  })
})
