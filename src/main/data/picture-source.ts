/** Decoded squares of a list of images, kept in memory as far as they fit. */
import { join } from 'node:path'
import type { JobImages } from '../trainer/messages'
import { decodeSquare } from './decode'

export interface PictureSourceOptions {
  readonly rootPath: string
  readonly images: JobImages
  readonly sidePx: number
  /** Decoded squares kept, at most this many bytes. The first that are read stay; the rest is decoded each time. */
  readonly cacheBytes: number
  /** Called once for each file that cannot be read. */
  readonly onProblem: (path: string, message: string) => void
}

export interface PictureSource {
  /**
   * [sidePx, sidePx, 3] uint8 of the image at `index`; do not write to it. Where the file has gone or broken since the
   * import, the next readable image of the same class in the list's order stands in (so the label stays true), and
   * mid-grey where the class has none left.
   */
  picture(index: number): Promise<Uint8Array>
}

export function openPictureSource(options: PictureSourceOptions): PictureSource {
  const { images, sidePx, onProblem } = options
  const byteCount = sidePx * sidePx * 3
  const cached = new Map<number, Uint8Array>()
  const underway = new Map<number, Promise<Uint8Array | null>>()
  const broken = new Set<number>()

  async function decode(index: number): Promise<Uint8Array | null> {
    const path = images.paths[index] ?? ''
    try {
      const picture = await decodeSquare(join(options.rootPath, path), sidePx)
      if ((cached.size + 1) * byteCount <= options.cacheBytes) cached.set(index, picture)
      return picture
    } catch (error) {
      broken.add(index)
      onProblem(path, error instanceof Error ? error.message : String(error))
      return null
    } finally {
      underway.delete(index)
    }
  }

  function readOnce(index: number): Promise<Uint8Array | null> {
    const begun = underway.get(index) ?? decode(index)
    underway.set(index, begun)
    return begun
  }

  return {
    async picture(index) {
      const label = images.labelIndices[index]
      for (let offset = 0; offset < images.paths.length; offset++) {
        const candidate = (index + offset) % images.paths.length
        if (images.labelIndices[candidate] !== label || broken.has(candidate)) continue
        const picture = cached.get(candidate) ?? (await readOnce(candidate))
        if (picture !== null) return picture
      }
      return new Uint8Array(byteCount).fill(128)
    },
  }
}
