import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openRowFile, type StoredRow } from '../../src/main/predict/row-file'
import { temporaryFolder } from '../support/test-core'

const { path: folder, remove } = temporaryFolder('rows')
afterAll(remove)

const row = (index: number): StoredRow => ({
  path: `/photos/ü ${'x'.repeat(index % 50)} ${index}.jpg`,
  file: `/photos/${index}`,
  widthPx: index,
  heightPx: null,
  top: [{ classIndex: index, name: 'line\nbreak', probability: 1 / (index + 3) }],
  error: null,
})
const rows = (from: number, to: number): StoredRow[] =>
  Array.from({ length: to - from }, (_, index) => row(from + index))

describe('rows on disk', () => {
  it('come back as they were, wherever one looks, while more are written', () => {
    const file = openRowFile(join(folder, 'made', 'rows.jsonl'))
    expect(file.read(0, 10)).toEqual([])
    file.append(rows(0, 1000))
    expect(file.read(0, 1)).toEqual([row(0)])
    file.append([])
    file.append(rows(1000, 1003))
    expect(file.count).toBe(1003)
    expect(file.read(998, 4)).toEqual(rows(998, 1002))
    expect(file.read(1001, 100)).toEqual(rows(1001, 1003))
    expect(file.read(1003, 5)).toEqual([])
    expect(file.read(9999, 5)).toEqual([])
    file.close()
    expect(existsSync(join(folder, 'made', 'rows.jsonl'))).toBe(false)
  })
})
