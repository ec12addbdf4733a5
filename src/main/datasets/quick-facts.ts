/** The facts of an image file that is sound, as `readImage` has them, in a fraction of its time; of every other file it only says that it cannot tell. */
import { hash } from 'node:crypto'
import { closeSync, readSync } from 'node:fs'
import { openToReadNow } from '../files/open-to-read'
import { headByteCount, imageFormat } from '../images/image-format'
import { openQuickJpeg } from '../images/quick-jpeg'
import { quickPngHeader } from '../images/quick-png'
import type { ImageFacts } from './read-image'

/** A larger file is rare, and takes its time anyway. */
const mostBytes = 32e6

/** libjpeg reads no longer side, and `readImage` says so; what is longer than its own limit it refuses, too. */
const longestSidePx = 65_500

/** null: `readImage` finds out what the file is. Waits for the disk: for a thread of its own. */
export type QuickFacts = (path: string) => ImageFacts | null

export function openQuickFacts(): QuickFacts {
  const jpeg = openQuickJpeg()
  return (path) => {
    try {
      const { descriptor, facts } = openToReadNow(path)
      try {
        return factsOf(descriptor, facts)
      } finally {
        closeSync(descriptor)
      }
    } catch {
      return null
    }
  }

  function factsOf(
    descriptor: number,
    { size, mtimeMs }: Readonly<{ size: number; mtimeMs: number }>,
  ): ImageFacts | null {
    if (size < headByteCount || size > mostBytes) return null
    const file = jpeg.room(size)
    if (file === null || !fill(descriptor, file)) return null
    const format = imageFormat(file)
    if (format !== 'jpeg' && format !== 'png') return null
    // first: the room may move while the codes are read
    const contentHash = hash('sha256', file, 'hex')
    const header = format === 'jpeg' ? jpeg.header(size) : quickPngHeader(file)
    if (header === null) return null
    const { leftOutCount, ...shown } = header
    if (leftOutCount > 0 || Math.max(shown.widthPx, shown.heightPx) > longestSidePx) return null
    return { ...shown, format, byteCount: size, contentHash, modifiedMs: mtimeMs }
  }
}

/** Whether there was as much to read as was expected. */
function fill(descriptor: number, file: Uint8Array): boolean {
  for (let filled = 0; filled < file.length;) {
    const count = readSync(descriptor, file, filled, file.length - filled, filled)
    if (count === 0) return false
    filled += count
  }
  return true
}
