/** Rows of a prediction on disk: any number of them, any of them at once, a few bytes of memory for each. */
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { PredictRow } from '../../contract/entities/predict'

export interface StoredRow extends PredictRow {
  /** Where the image lies. For the core alone: of an image that was sent as bytes it differs from `path`. */
  readonly file: string
}

export interface RowFile {
  readonly count: number
  append(rows: readonly StoredRow[]): void
  /** Those from `offset` on, at most `limit`. */
  read(offset: number, limit: number): StoredRow[]
  /** Deletes it. */
  close(): void
}

/** Lines of JSON in a new file at `path`; its folder is made when needed. */
export function openRowFile(path: string): RowFile {
  mkdirSync(dirname(path), { recursive: true })
  const handle = openSync(path, 'wx+')
  /** Where each row begins, and at last where the next will. */
  const starts = [0]
  const startOf = (row: number): number => starts[Math.min(row, starts.length - 1)] ?? 0
  return {
    get count() {
      return starts.length - 1
    },
    append(rows) {
      const lines = rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`))
      const bytes = Buffer.concat(lines)
      const begin = startOf(Infinity)
      for (let written = 0; written < bytes.length;)
        written += writeSync(handle, bytes, written, bytes.length - written, begin + written)
      for (const line of lines) starts.push(startOf(Infinity) + line.length)
    },
    read(offset, limit) {
      const begin = startOf(offset)
      const bytes = Buffer.alloc(startOf(offset + limit) - begin)
      if (bytes.length === 0) return []
      readSync(handle, bytes, 0, bytes.length, begin)
      const lines = bytes.toString().trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line) as StoredRow)
    },
    close() {
      closeSync(handle)
      rmSync(path, { force: true })
    },
  }
}
