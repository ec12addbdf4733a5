import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadArrays, saveArrays } from '../../src/main/columns/column-file'
import { createColumns } from '../../src/main/columns/columns'
import { addDataset, syntheticScan, temporaryHome, temporaryStore } from '../store/support/home'
import { setSplit } from '../store/support/at-once'

const noPause = async (): Promise<void> => undefined

describe('the columns of many images', () => {
  it('are kept for the next core, and are made anew where their file is damaged or of another split', async () => {
    const { db, homePath } = temporaryStore()
    const folder = join(homePath, 'columns')
    const classNames = Array.from({ length: 40 }, (_, index) => `class ${index}`)
    const datasetId = addDataset(db, 'large', syntheticScan(classNames, 500))
    const query = 'split:test width<300 "class 3" sort:-path'
    const ask = async (writes: boolean): Promise<number[]> => {
      const columns = createColumns(db, { folder, writes })
      const { images, rows } = await columns.images(datasetId, query)
      await columns.idle()
      return [...rows].map((row) => images.ids[row] ?? 0)
    }
    const found = await ask(false)
    expect(found.length).toBeGreaterThan(100)
    expect(() => readdirSync(folder)).toThrow()
    expect(await ask(true)).toEqual(found)
    const [name = ''] = readdirSync(folder)

    db.exec('ALTER TABLE images RENAME TO hidden')
    expect(await ask(false)).toEqual(found)
    const bytes = readFileSync(join(folder, name))
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1
    writeFileSync(join(folder, name), bytes)
    await expect(ask(false)).rejects.toThrow()
    db.exec('ALTER TABLE hidden RENAME TO images')
    expect(await ask(true)).toEqual(found)

    setSplit(db, datasetId, { valFraction: 0, testFraction: 0.5, seed: 1 })
    const others = await ask(true)
    expect(others.length).toBeGreaterThan(found.length)
    expect(readdirSync(folder)).toHaveLength(1)
    expect(readdirSync(folder)).not.toContain(name)
  })
})

describe('a file of columns', () => {
  it('has them as they were, for the key that it was written for, and where it is whole', async () => {
    const path = join(temporaryHome(), 'a', 'b.columns')
    const arrays = {
      odd: Uint8Array.of(1, 2, 3),
      words: Uint32Array.of(0xffffffff, 7),
      none: new Uint16Array(),
      floats: Float32Array.of(0.5, -1),
    }
    await saveArrays(path, 'key', arrays, noPause)
    expect(await loadArrays(path, 'key', noPause)).toEqual(arrays)
    expect(await loadArrays(path, 'other', noPause)).toBeNull()
    const bytes = readFileSync(path)
    for (let end = 0; end < bytes.length - 8; end += 5) {
      writeFileSync(path, bytes.subarray(0, end))
      expect(await loadArrays(path, 'key', noPause)).toBeNull()
    }
    expect(await loadArrays(join(path, 'none'), 'key', noPause)).toBeNull()
  })
})
