import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFeatures, type FeatureStore } from '../../src/main/store/features'
import { temporaryFolder } from '../support/test-core'

const one = 'aa'.repeat(32)
const other = 'bb'.repeat(32)

describe('the features of images', () => {
  let home: ReturnType<typeof temporaryFolder>
  let store: FeatureStore

  beforeEach(() => {
    home = temporaryFolder('features')
    store = openFeatures(home.path)
  })
  afterEach(() => {
    store.close()
    home.remove()
  })

  it('are kept by model and content, as float16, for the next core', () => {
    store.put('tiny 96', [{ contentHash: one, features: Float32Array.of(0, 0.5, -2, 1.25) }])
    store.close()
    store = openFeatures(home.path)
    expect(store.get('tiny 96', one)).toEqual(Float32Array.of(0, 0.5, -2, 1.25))
    expect(store.has('tiny 96', one)).toBe(true)
    expect(store.get('tiny 96', other)).toBeNull()
    expect(store.get('tiny 224', one)).toBeNull()
  })

  it('cost nothing where none were computed: to look makes no file', () => {
    expect(store.get('tiny 96', one)).toBeNull()
    expect(existsSync(join(home.path, 'features.db'))).toBe(false)
  })

  it('are seen by who only reads, while they are written', () => {
    store.put('tiny 96', [{ contentHash: one, features: Float32Array.of(1) }])
    const reader = openFeatures(home.path, { readOnly: true })
    expect(reader.has('tiny 96', one)).toBe(true)
    store.put('tiny 96', [{ contentHash: other, features: Float32Array.of(2) }])
    expect(reader.get('tiny 96', other)).toEqual(Float32Array.of(2))
    reader.close()
  })

  it('are forgotten, and can be computed again, where the file is damaged', () => {
    writeFileSync(join(home.path, 'features.db'), 'no database at all, but long enough to be looked at')
    expect(store.get('tiny 96', one)).toBeNull()
    store.put('tiny 96', [{ contentHash: one, features: Float32Array.of(3) }])
    expect(store.get('tiny 96', one)).toEqual(Float32Array.of(3))
  })

  it('say in words that the disk is full', () => {
    store.put('tiny 96', [{ contentHash: one, features: Float32Array.of(1) }])
    store.close()
    const full = new Database(join(home.path, 'features.db'))
    const pageCount = Number(full.pragma('page_count', { simple: true }))
    full.close()
    store = openFeatures(home.path, { mostPages: pageCount })
    const rows = Array.from({ length: 64 }, (_, index) => ({
      contentHash: index.toString(16).padStart(64, '0'),
      features: new Float32Array(2048).fill(1),
    }))
    expect(() => store.put('tiny 96', rows)).toThrow(expect.objectContaining({ code: 'disk-full' }))
    expect(store.has('tiny 96', one)).toBe(true)
    expect(store.has('tiny 96', rows[0]?.contentHash ?? '')).toBe(false)
  })
})
