import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openUploads, type Uploads } from '../../src/main/predict/uploads'
import { temporaryFolder } from '../support/test-core'

const { path: folder, remove } = temporaryFolder('uploads')
afterAll(remove)

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(200, 7)])

async function* chunks(bytes: Uint8Array, size = 10): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

/** Everything below the folder that is a file. */
const kept = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
      )
    : []

const scratch = (name: string): string => join(folder, name)
const uploadsIn = (name: string): Uploads => openUploads(scratch(name), { fileBytes: 1000, totalBytes: 1500 })

describe('images sent as bytes', () => {
  it('are kept byte for byte under a name of our own, and gone at the end', async () => {
    const uploads = uploadsIn('whole')
    const { uploadId } = await uploads.take('käfer 1.png', chunks(png))
    const file = uploads.file(uploadId)
    expect(file.name).toBe('käfer 1.png')
    expect(readFileSync(file.path)).toEqual(png)
    expect(kept(scratch('whole'))).toEqual([file.path])
    await uploads.close()
    expect(kept(scratch('whole'))).toEqual([])
  })

  it('never lie where their name says', async () => {
    const uploads = uploadsIn('names')
    mkdirSync(scratch('names'), { recursive: true })
    const names = ['../../evil.png', '/etc/evil.png', '..\\..\\evil.png', 'a/../../../evil\0.png', '']
    for (const name of names) {
      const { uploadId } = await uploads.take(name, chunks(png))
      const { path } = uploads.file(uploadId)
      expect(path.startsWith(scratch('names'))).toBe(true)
      expect(basename(path)).toBe(uploadId)
      expect(uploads.file(uploadId).name).not.toContain('\0')
    }
    expect(kept(folder).filter((path) => path.includes('evil'))).toEqual([])
    for (const guess of ['../names', '__proto__', 'constructor', '']) {
      expect(() => uploads.file(guess)).toThrow(/There is no uploaded image/)
    }
  })

  it('are refused where they are no images, whatever their names', async () => {
    const uploads = uploadsIn('others')
    const text = Buffer.from('#!/bin/sh\nrm -rf ~\n'.repeat(20))
    await expect(uploads.take('a.png', chunks(text))).rejects.toMatchObject({
      code: 'bad-image',
      message: 'a.png is not an image.',
    })
    await expect(uploads.take('empty.png', chunks(Buffer.alloc(0)))).rejects.toMatchObject({
      code: 'bad-image',
    })
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic', 'latin1'), Buffer.alloc(100)])
    await expect(uploads.take('b.heic', chunks(heic, 7))).rejects.toThrow(/HEIC/)
    expect(kept(scratch('others'))).toEqual([])
  })

  it('are refused above the limit, announced or not, and leave nothing', async () => {
    const uploads = uploadsIn('large')
    const large = Buffer.concat([png, Buffer.alloc(2000)])
    let read = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks(large)) {
        read += chunk.length
        yield chunk
      }
    }
    await expect(uploads.take('a.png', counted(), large.length)).rejects.toMatchObject({ code: 'bad-input' })
    expect(read).toBe(0)
    await expect(uploads.take('a.png', counted())).rejects.toMatchObject({ code: 'bad-input' })
    expect(read).toBeLessThan(1100)
    expect(kept(scratch('large'))).toEqual([])
  })

  it('are refused together above a limit, which what was refused does not count for', async () => {
    const uploads = uploadsIn('many')
    const half = Buffer.concat([png, Buffer.alloc(600 - png.length)])
    await uploads.take('1.png', chunks(half))
    await expect(uploads.take('text', chunks(Buffer.alloc(800, 65)))).rejects.toMatchObject({
      code: 'bad-image',
    })
    await uploads.take('2.png', chunks(half))
    await expect(uploads.take('3.png', chunks(half))).rejects.toThrow(/were uploaded already/)
    expect(kept(scratch('many'))).toHaveLength(2)
  })

  it('leave nothing where the sender breaks off', async () => {
    const uploads = uploadsIn('broken')
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield png
      throw new Error('aborted')
    }
    await expect(uploads.take('a.png', broken())).rejects.toThrow('aborted')
    expect(kept(scratch('broken'))).toEqual([])
  })
})
