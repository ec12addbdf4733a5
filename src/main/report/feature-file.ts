/** Feature vectors as a file, written as they come: whole under its name at the end, or not at all. */
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { csvLine } from './csv'
import { npzFeatures } from './feature-npz'

export const featureFormats = ['npz', 'csv', 'jsonl'] as const
export type FeatureFormat = (typeof featureFormats)[number]

/** What a format puts into the file. Positions are bytes from its beginning. */
export interface FeatureLayout {
  /** Before the first. */
  begin(): Uint8Array
  add(path: string, features: Float32Array): Uint8Array
  /** After the last; `handle` is open for reading and writing. */
  finish(handle: number): void
}

export interface FeatureFile {
  add(path: string, features: Float32Array): void
  /** Gives the file its name. */
  finish(): void
  /** Takes away what was not finished. */
  close(): void
}

/** By the name's end. Throws 'bad-input'. */
export function featureFormat(path: string): FeatureFormat {
  const end = extname(path).slice(1).toLowerCase()
  const found = featureFormats.find((format) => format === end)
  if (found !== undefined) return found
  throw new WorkbenchError(
    'bad-input',
    `The name ${path} does not say how to write the features.`,
    'End it in .npz (for numpy), .csv or .jsonl.',
  )
}

/** `width`: how many features a picture has. Folders on the way are made. Throws what the file system throws. */
export function createFeatureFile(path: string, format: FeatureFormat, width: number): FeatureFile {
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${randomUUID()}.partial`
  const handle = openSync(partial, 'wx+')
  const layout = layouts[format](width)
  let isOpen = true
  const append = (bytes: Uint8Array): void => {
    for (let written = 0; written < bytes.length;)
      written += writeSync(handle, bytes, written, bytes.length - written)
  }
  append(layout.begin())
  return {
    add: (picturePath, features) => append(layout.add(picturePath, features)),
    finish() {
      layout.finish(handle)
      fsyncSync(handle)
      closeSync(handle)
      isOpen = false
      renameSync(partial, path)
    },
    close() {
      if (isOpen) closeSync(handle)
      isOpen = false
      rmSync(partial, { force: true })
    },
  }
}

const layouts: Readonly<Record<FeatureFormat, (width: number) => FeatureLayout>> = {
  npz: npzFeatures,
  csv: (width) => ({
    begin: () => Buffer.from(csvLine(['path', ...Array.from({ length: width }, (_, index) => `f${index}`)])),
    add: (path, features) => Buffer.from(csvLine([path, ...Array.from(features, shortest)])),
    finish: () => undefined,
  }),
  jsonl: () => ({
    begin: () => new Uint8Array(0),
    add: (path, features) =>
      Buffer.from(`${JSON.stringify({ path, features: Array.from(features, shortest) })}\n`),
    finish: () => undefined,
  }),
}

/** Nine digits bring every float32 back as it was. */
function shortest(value: number): number {
  return Number(value.toPrecision(9))
}
