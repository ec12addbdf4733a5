import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openThumbnails, type ThumbnailOptions } from '../../../src/main/store/datasets/thumbnails'
import { temporaryHome } from '../support/home'

function hash(index: number): string {
  return index.toString(16).padStart(32, '0')
}

function image(index: number, byteCount = 1000) {
  return { bytes: Buffer.alloc(byteCount, index), mime: 'image/webp' }
}

function open(homePath: string, options?: ThumbnailOptions) {
  const cache = openThumbnails(homePath, options)
  onTestFinished(() => cache.close())
  return cache
}

describe('the thumbnail cache', () => {
  it('gives back what was put, by content and size, after a restart too', () => {
    const homePath = temporaryHome()
    const first = open(homePath)
    first.put(hash(1), 128, image(1))
    first.put(hash(1), 256, image(2))
    first.put(hash(1), 128, image(9))
    first.close()
    const second = open(homePath)
    expect(second.get(hash(1), 128)).toEqual(image(1))
    expect(second.get(hash(1), 256)).toEqual(image(2))
    expect(second.get(hash(1), 512)).toBeNull()
    expect(second.get(hash(2), 128)).toBeNull()
  })

  it('throws the least recently used away above its limit, and remembers uses over a restart', () => {
    const homePath = temporaryHome()
    const first = open(homePath, { limitBytes: 10_000 })
    for (let index = 0; index < 10; index++) first.put(hash(index), 128, image(index))
    expect(first.get(hash(0), 128)).not.toBeNull()
    first.close()
    const second = open(homePath, { limitBytes: 10_000 })
    second.put(hash(10), 128, image(10))
    const kept = Array.from({ length: 11 }, (_, index) => index).filter((index) =>
      second.get(hash(index), 128),
    )
    expect(kept).toEqual([0, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('stays within its limit on the disk', () => {
    const homePath = temporaryHome()
    const cache = open(homePath, { limitBytes: 200_000 })
    for (let index = 0; index < 1000; index++) cache.put(hash(index), 128, image(index))
    cache.put(hash(5000), 128, image(0, 300_000)) // larger than the whole: not kept
    expect(cache.get(hash(5000), 128)).toBeNull()
    expect(cache.get(hash(999), 128)).not.toBeNull()
    cache.close()
    expect(statSync(join(homePath, 'thumbnails.db')).size).toBeLessThan(600_000)
  })

  it('is made anew when its file is damaged at the start, with a note', () => {
    const homePath = temporaryHome()
    writeFileSync(join(homePath, 'thumbnails.db'), 'no database at all '.repeat(300))
    const notes: string[] = []
    const cache = open(homePath, { onNote: (note) => notes.push(note) })
    expect(notes).toEqual([expect.stringContaining('thumbnails.db was damaged')])
    cache.put(hash(1), 128, image(1))
    expect(cache.get(hash(1), 128)).toEqual(image(1))
  })

  it('is made anew when damage shows later', () => {
    const homePath = temporaryHome()
    const path = join(homePath, 'thumbnails.db')
    const first = open(homePath)
    for (let index = 0; index < 200; index++) first.put(hash(index), 128, image(index))
    first.close()
    const raw = new Database(path)
    const roots = raw
      .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name LIKE '%autoindex%'")
      .pluck()
      .all()
    raw.close()
    const bytes = readFileSync(path)
    for (const root of roots) bytes.fill(0xee, (root - 1) * 4096, root * 4096)
    writeFileSync(path, bytes)
    const notes: string[] = []
    const cache = open(homePath, { onNote: (note) => notes.push(note) })
    expect(cache.get(hash(7), 128)).toBeNull()
    expect(notes).toHaveLength(1)
    cache.put(hash(7), 128, image(7))
    expect(cache.get(hash(7), 128)).toEqual(image(7))
  })

  it('starts anew over a cache of another version', () => {
    const homePath = temporaryHome()
    const raw = new Database(join(homePath, 'thumbnails.db'))
    raw.exec('CREATE TABLE thumbnails (something TEXT); PRAGMA user_version = 77')
    raw.close()
    const cache = open(homePath)
    cache.put(hash(1), 128, image(1))
    expect(cache.get(hash(1), 128)).toEqual(image(1))
  })
})
