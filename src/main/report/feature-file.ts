/** Feature vectors as a file, written as they come. */
import { extname } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { csvLine } from './csv'
import type { FeatureLayout } from './feature-layout'
import { npzFeatures } from './feature-npz'
import { openStreamedFile } from './streamed-file'

const featureFormats = ['npz', 'csv', 'jsonl'] as const
export type FeatureFormat = (typeof featureFormats)[number]

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
    `The name ${path} does not have a supported extension.`,
    'Use .npz (NumPy), .csv or .jsonl.',
  )
}

/** `width`: how many features an image has. `unfinishedPath` and throws as `openStreamedFile`. */
export function createFeatureFile(
  path: string,
  format: FeatureFormat,
  width: number,
  unfinishedPath: string | null = null,
): FeatureFile {
  const layout = layouts[format](width)
  const file = openStreamedFile(path, (head) => layout.isOurs(head), unfinishedPath)
  try {
    file.append(layout.begin())
  } catch (thrown) {
    file.close()
    throw thrown
  }
  return {
    add: (imagePath, features) => file.append(layout.add(imagePath, features)),
    finish() {
      layout.finish(file.handle)
      file.finish()
    },
    close: () => file.close(),
  }
}

const layouts: Readonly<Record<FeatureFormat, (width: number) => FeatureLayout>> = {
  npz: npzFeatures,
  csv: (width) => ({
    isOurs: (head) => head.toString('latin1').startsWith('path,f0'),
    begin: () => csvLine(['path', ...Array.from({ length: width }, (_, index) => `f${index}`)]),
    add: (path, features) => csvLine([path, ...Array.from(features, shortest)]),
    finish: () => undefined,
  }),
  jsonl: () => ({
    isOurs: (head) => head.toString('latin1').startsWith('{"path":'),
    begin: () => '',
    add: (path, features) => `${JSON.stringify({ path, features: Array.from(features, shortest) })}\n`,
    finish: () => undefined,
  }),
}

/** Nine digits bring every float32 back as it was. */
function shortest(value: number): number {
  return Number(value.toPrecision(9))
}
