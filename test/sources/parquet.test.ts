import { copyFile, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readWholeImage } from '../../src/main/images/file-source'
import { addressOf, openSource } from '../../src/main/sources/sources'
import { scan } from '../datasets/support/scan-helpers'
import { temporaryFolder } from '../images/support/images'
import { fixtures, otherCounts, ourCounts } from './support/other-tools'

const folder = join(fixtures, 'parquet')

async function copyOf(name: string): Promise<string> {
  const path = join(temporaryFolder(), 'some.file')
  await copyFile(join(folder, name), path)
  return path
}

describe('Parquet files with images', () => {
  it('have the counts and parts of Hugging Face’s datasets, as a folder and one by one', async () => {
    expect(await ourCounts(join(folder, 'hub'))).toEqual({ kind: 'parquet', ...otherCounts('hub') })
    expect(await ourCounts(join(folder, 'hub/data'))).toEqual({ kind: 'parquet', ...otherCounts('hub') })
    const { images, classNames, problems } = await scan(join(folder, 'hub'))
    expect(classNames).toEqual(['iris', 'rose', 'tulip'])
    expect(images.map(({ key }) => key).slice(3, 5)).toEqual([
      'data/test-00000-of-00001.parquet/00000003',
      'data/train-00000-of-00001.parquet/00000000',
    ])
    expect(new Set(images.map(({ contentHash }) => contentHash)).size).toBe(12)
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    const one = await scan(join(folder, 'hub/data/train-00000-of-00001.parquet'))
    expect(one.images.map(({ folderPart }) => folderPart)).toEqual(Array(8).fill(null))
  })

  it.each(['gzip-v2', 'snappy-words', 'plain-index', 'zstd', 'lz4-raw'])(
    'are read page by page however they are written: %s',
    async (name) => {
      const path = join(folder, `${name}.parquet`)
      expect(await ourCounts(path)).toEqual({ kind: 'parquet', ...otherCounts(name) })
      const { images, problems } = await scan(path)
      expect(images.map(({ key }) => Number(key))).toEqual(
        Array.from({ length: 20 }, (_, row) => row).filter((row) => row !== 5 && row !== 7),
      )
      // fifteen images over and over
      const hashes = images.map(({ contentHash }) => contentHash)
      expect(new Set(hashes).size).toBe(13)
      expect(hashes.at(-1)).toBe(images.find(({ key }) => Number(key) === 4)?.contentHash)
      expect(
        problems
          .map(({ path: at, message }) => `${Number(at)} ${message}`)
          .filter((text) => !text.includes('class "'))
          .sort(),
      ).toEqual(['5 Its row says no class.', '7 The file cannot be read: its row has no image'])
    },
  )

  it('are the same images in every shape', async () => {
    const shapes = await Promise.all(
      ['gzip-v2', 'snappy-words', 'plain-index', 'zstd', 'lz4-raw'].map((name) =>
        scan(join(folder, `${name}.parquet`)),
      ),
    )
    const [first, ...others] = shapes.map(({ images }) => images.map(({ contentHash }) => contentHash))
    for (const other of others) expect(other).toEqual(first)
  })

  it('are read by the columns that the user chose', async () => {
    const path = join(folder, 'plain-index.parquet')
    const source = { ...(await addressOf(path)), columns: { label: 'id' } }
    expect((await scan(path, { source })).classNames).toHaveLength(19)
    expect(await openSource(source).columns?.()).toEqual({
      names: ['id', 'picture', 'species'],
      path: 'picture',
      label: 'id',
      part: null,
      rows: [],
    })
    await expect(scan(path, { source: { ...source, columns: { label: 'none' } } })).rejects.toMatchObject({
      code: 'columns-unclear',
      wayOut: expect.stringContaining('“id”, “picture”, “species”') as unknown,
    })
  })

  it('are checked by the time of their file, and read anew once it was replaced', async () => {
    const path = await copyOf('plain-index.parquet')
    const { images } = await scan(path)
    const source = openSource({ kind: 'parquet', path })
    const keys = images.map(({ key }) => key)
    const facts = {
      byteCounts: images.map(({ byteCount }) => byteCount),
      modifiedMs: images.map(({ modifiedMs }) => modifiedMs),
    }
    expect(await source.check(keys, { facts })).toEqual({ missing: new Map(), changed: [] })
    await utimes(path, 5, 5)
    expect((await source.check(keys, { facts }))?.changed).toHaveLength(18)
    await copyFile(join(folder, 'hub/data/test-00000-of-00001.parquet'), path)
    const other = openSource({ kind: 'parquet', path: join(folder, 'hub/data/test-00000-of-00001.parquet') })
    const read = (from: typeof source) => readWholeImage((...request) => from.read('00000002', ...request))
    expect((await read(source)).equals(await read(other))).toBe(true)
    await expect(source.readInside('00000011')).rejects.toThrow('its row has no image')
    await rename(path, `${path}2`)
    expect(source.factsNow('00000002')).toBeNull()
    expect(await source.problem()).toMatchObject({ isGone: true })
    await expect(source.readInside('00000002')).rejects.toMatchObject({ code: 'path-not-found' })
  })

  it('are refused in words where they are cut off or damaged', async () => {
    const whole = await readFile(join(folder, 'plain-index.parquet'))
    const huge = Buffer.from(whole)
    huge.writeUInt32LE(0xfffffff0, whole.length - 8)
    const footer = Buffer.from(whole).fill(0xff, whole.length - 200, whole.length - 8)
    const path = join(temporaryFolder(), 'x.parquet')
    for (const [bytes, message] of [
      [whole.subarray(0, -1000), 'it is cut off, or no Parquet file'],
      [Buffer.from('PAR1'), 'it is cut off, or no Parquet file'],
      [huge, 'its end is damaged'],
      [footer, 'Cannot read'],
    ] as const) {
      await writeFile(path, bytes)
      await expect(scan(path)).rejects.toMatchObject({
        code: expect.stringMatching(/path-not-readable|columns-unclear/) as unknown,
        message: expect.stringContaining(message) as unknown,
      })
      await expect(openSource({ kind: 'parquet', path }).columns?.()).rejects.toMatchObject({
        code: 'path-not-readable',
      })
    }
  })

  it('leave out the images of damaged pages alone, or all where the pages cannot be found', async () => {
    const whole = await readFile(join(folder, 'gzip-v2.parquet'))
    const path = join(temporaryFolder(), 'x.parquet')
    let seed = 1
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(whole)
      for (let at = 0; at < 6; at++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        bytes[seed % (whole.length - 2000)] = seed >>> 24
      }
      await writeFile(path, bytes)
      const outcome = await scan(path).then(
        ({ images, problems }) => images.length + problems.length > 0,
        (thrown: unknown) => thrown instanceof Error && 'code' in thrown,
      )
      expect(outcome).toBe(true)
    }
  })
})
