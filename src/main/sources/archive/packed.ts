/** Files that are packed as a whole: nothing in them can be read without unpacking all that is before it. They are refused in words. */
import { WorkbenchError } from '../../../contract/errors'

const packings: readonly (readonly [start: string, name: string])[] = [
  ['\x1f\x8b', 'gzip'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ\x00', 'xz'],
  ['\x28\xb5\x2f\xfd', 'Zstandard'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['Rar!\x1a\x07', 'RAR'],
]

/** Throws 'unsupported'. */
export function refusePacked(path: string, start: Buffer): void {
  const text = start.toString('latin1', 0, 8)
  const found = packings.find(([begin]) => text.startsWith(begin))
  if (found === undefined) return
  throw new WorkbenchError(
    'unsupported',
    `${path} is packed as a whole (${found[1]}): its images cannot be read in place.`,
    'Unpack it, and import the folder; or pack the folder as .zip or plain .tar.',
  )
}
