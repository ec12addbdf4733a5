/** Features for numpy: `features` float32 [N,C] and `paths` [N], text. Streamed: how many there are is known at the end. */
import { fstatSync, readSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { WorkbenchError } from '../../contract/errors'
import { npyHeaderBytes } from '../weights/npy-header'
import { centralHeader, endOfFile, localHeader, type StoredEntry } from '../weights/npz-write'
import type { FeatureLayout } from './feature-layout'

const featuresName = Buffer.from('features.npy')
const pathsName = Buffer.from('paths.npy')
/** What one array of the archive can hold. */
const mostBytes = 0xffffffff
const chunkBytes = 4 * 1024 * 1024

export function npzFeatures(width: number): FeatureLayout {
  const paths: string[] = []
  const headOf = (count: number): Buffer => npyHeaderBytes([count, width])
  // The same length for any count below 10¹²: room for what is known at the end.
  const headBytes = headOf(0).length
  const dataStart = localHeader({ name: featuresName, crc: 0, byteCount: 0, offset: 0 }).length

  const nameStart = localHeader({ name: Buffer.alloc(0), crc: 0, byteCount: 0, offset: 0 }).length

  return {
    isOurs: (head) => head.subarray(nameStart, nameStart + featuresName.length).equals(featuresName),
    begin: () => Buffer.alloc(dataStart + headBytes),
    add(path, features) {
      paths.push(path)
      if (headBytes + paths.length * width * 4 >= mostBytes) throw tooMany(paths.length)
      return new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
    },
    finish(handle) {
      const end = fstatSync(handle).size
      const head = headOf(paths.length)
      const features: StoredEntry = {
        name: featuresName,
        crc: crcOf(handle, dataStart + headBytes, end, crc32(head)),
        byteCount: end - dataStart,
        offset: 0,
      }
      writeSync(handle, Buffer.concat([localHeader(features), head]), 0, dataStart + headBytes, 0)
      const [named, body] = pathsArray(paths, end)
      const directory = Buffer.concat([centralHeader(features), centralHeader(named)])
      const local = localHeader(named)
      const last = endOfFile(2, directory.length, end + local.length + body.length)
      let position = end
      for (const part of [local, body, directory, last]) {
        writeSync(handle, part, 0, part.length, position)
        position += part.length
      }
    },
  }
}

/** As numpy keeps text: UTF-32, each as long as the longest. */
function pathsArray(paths: readonly string[], offset: number): [StoredEntry, Buffer] {
  const points = paths.map((path) => Array.from(path, (character) => character.codePointAt(0) ?? 0))
  const longest = points.reduce((most, { length }) => Math.max(most, length), 1)
  const head = npyHeaderBytes([paths.length], `<U${longest}`)
  if (head.length + paths.length * longest * 4 >= mostBytes) throw tooMany(paths.length)
  const text = new Uint32Array(paths.length * longest)
  points.forEach((path, row) => text.set(path, row * longest))
  const body = Buffer.concat([head, new Uint8Array(text.buffer)])
  return [{ name: pathsName, crc: crc32(body), byteCount: body.length, offset }, body]
}

function crcOf(handle: number, start: number, end: number, before: number): number {
  const buffer = Buffer.alloc(chunkBytes)
  let crc = before
  for (let position = start; position < end;) {
    const count = readSync(handle, buffer, 0, Math.min(chunkBytes, end - position), position)
    crc = crc32(buffer.subarray(0, count), crc)
    position += count
  }
  return crc
}

function tooMany(count: number): WorkbenchError {
  return new WorkbenchError(
    'unsupported',
    `${count} images have more than 4 GB of features, the limit of an .npz array.`,
    'Use .jsonl, or embed the images in several parts.',
  )
}
