/**
 * Columns kept in a file, so that the next core need not read the database again. A cache: a file that is cut short, damaged, or of something else is
 * as good as none, and so it is written in place.
 *
 * A line of JSON, filled up with spaces to a multiple of eight bytes: `key`, and of each column name, type, length, and CRC-32. Then the columns, each
 * from a multiple of eight on. Little-endian, like every machine that the workbench runs on.
 */
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Numbers } from './table'

export type Arrays = Readonly<Record<string, Numbers>>

const types = { Uint8Array, Uint16Array, Uint32Array, Float32Array }
type TypeName = keyof typeof types

interface Header {
  readonly format: 1
  /** What the columns are made of: others have another key. */
  readonly key: string
  readonly columns: readonly { name: string; type: TypeName; length: number; crc: number }[]
}

/** Throws what the file system says. */
export async function saveArrays(
  path: string,
  key: string,
  arrays: Arrays,
  pause: () => Promise<void>,
): Promise<void> {
  const columns: Header['columns'][number][] = []
  for (const [name, values] of Object.entries(arrays)) {
    const type = values.constructor.name as TypeName
    columns.push({ name, type, length: values.length, crc: crc32(bytesOf(values)) })
    await pause()
  }
  // Of ASCII alone: names, numbers and hashes.
  const line = JSON.stringify({ format: 1, key, columns } satisfies Header)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(Buffer.from(`${line.padEnd(padded(line.length + 1) - 1)}\n`))
    for (const values of Object.values(arrays)) {
      const bytes = bytesOf(values)
      await file.writeFile(bytes)
      await file.writeFile(new Uint8Array(padded(bytes.length) - bytes.length))
    }
  } finally {
    await file.close()
  }
}

/** null where there is no file, or none of this key that is whole. */
export async function loadArrays(
  path: string,
  key: string,
  pause: () => Promise<void>,
): Promise<Arrays | null> {
  const bytes = await contentOf(path)
  const lineEnd = bytes?.indexOf('\n') ?? -1
  if (bytes === null || lineEnd < 0) return null
  const header = headerOf(bytes.toString('utf8', 0, lineEnd))
  if (header?.key !== key) return null
  const arrays: Record<string, Numbers> = {}
  let at = bytes.byteOffset + lineEnd + 1
  for (const { name, type, length, crc } of header.columns) {
    const makeColumn = types[type]
    const byteCount = length * makeColumn.BYTES_PER_ELEMENT
    if (at + byteCount > bytes.byteOffset + bytes.length) return null
    const values = new makeColumn(bytes.buffer, at, length)
    if (crc32(bytesOf(values)) !== crc) return null
    arrays[name] = values
    at += padded(byteCount)
    await pause()
  }
  return arrays
}

async function contentOf(path: string): Promise<Buffer<ArrayBuffer> | null> {
  try {
    const bytes = await readFile(path)
    // Columns are aligned from the beginning of the memory that they lie in.
    return bytes.byteOffset % 8 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer)
  } catch {
    return null // there is none yet, or it cannot be read: the database says the same
  }
}

function headerOf(line: string): Header | null {
  try {
    const header = JSON.parse(line) as Header
    return header.format === 1 ? header : null
  } catch {
    return null // cut short
  }
}

function padded(byteCount: number): number {
  return Math.ceil(byteCount / 8) * 8
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
