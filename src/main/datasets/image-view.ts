/** Images for the screen: those that were imported, from inside their source, and those that were predicted. */
import { hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { WorkbenchError } from '../../contract/errors'
import { thumbnail } from '../images/decode'
import { readImageFile } from '../images/file-source'
import { fullView } from '../images/full-view'
import { openSource } from '../sources/sources'
import { imageAddress } from '../store/datasets/images'
import type { ImageKey, ImageSize } from '../rpc/image-address'
import type { ThumbnailCache } from '../store/datasets/thumbnails'
import type { ServiceContext } from '../app/context'
import { createImageQueue } from './image-queue'

export interface Image {
  readonly bytes: Uint8Array
  readonly mime: string
}

interface ImageBytes {
  /** Another content has another. */
  readonly contentKey: string
  readonly name: string
  /** `isSame`: they are those of the content that the key names. */
  read(): Promise<{ readonly bytes: Uint8Array; readonly isSame: boolean }>
}

/** Few sizes, so that the cache is of use to every window size. */
const sizesPx = [128, 256, 512, 1024, 2048] as const

/** Whose the rows of predictions are. */
export interface PredictedFiles {
  /** A real path, of a file that was opened. */
  imageFile(taskId: number, row: number): Promise<string>
}

export interface Images {
  /**
   * An image upright, at most `size` px (rounded up to one of a few sizes) on its longer side, or in its own pixels. Whoever aborts
   * `signal` does not want it any more: it is not decoded unless that was begun.
   * Throws 'not-found', 'path-not-found', 'not-allowed', 'bad-image', 'cancelled'.
   */
  image(key: ImageKey, size: ImageSize, signal?: AbortSignal): Promise<Image>
}

export function createImages(
  { db }: ServiceContext,
  cache: ThumbnailCache,
  predicted: PredictedFiles,
): Images {
  const queue = createImageQueue()

  async function sourceOf(key: ImageKey): Promise<ImageBytes> {
    if ('taskId' in key) {
      const path = await predicted.imageFile(key.taskId, key.row)
      const { size, mtimeMs, ino } = await stat(path)
      const contentKey = hash('sha256', [path, size, mtimeMs, ino].join('\0'))
      return {
        contentKey,
        name: path,
        read: async () => ({ bytes: await readImageFile(path), isSame: true }),
      }
    }
    const { source: from, key: now, ownKey, contentHash, isCurrent } = imageAddress(db, key.imageId)
    const source = openSource(from)
    const at = now !== ownKey && source.factsNow(now) === null ? ownKey : now
    return {
      contentKey: contentHash,
      name: source.nameOf(at),
      async read() {
        const bytes = await source.readInside(at)
        const isSame = hash('sha256', bytes, 'hex') === contentHash
        if (!isSame && !isCurrent) throw replaced(source.nameOf(at))
        return { bytes, isSame }
      },
    }
  }

  return {
    async image(key, size, signal) {
      const { contentKey, name, read } = await sourceOf(key)
      let isSame = true
      const readBytes = async (): Promise<Uint8Array> => {
        const found = await read()
        isSame = found.isSame
        return found.bytes
      }
      if (size === 'full') return queue.run(() => fullView(name, readBytes), signal)
      const px = sizesPx.find((candidate) => candidate >= size) ?? 2048
      const kept = cache.get(contentKey, px)
      if (kept !== null) return kept
      const made = await queue.run(() => thumbnail(name, px, readBytes), signal)
      // a file that has changed since is not the image that it is kept as
      if (isSame) cache.put(contentKey, px, made)
      return made
    },
  }
}

/** Of an older version: another image in its place would not be what the run saw. */
function replaced(name: string): WorkbenchError {
  return new WorkbenchError(
    'path-not-found',
    `${name} has another content now. The image of that older version of the dataset is no longer there.`,
    'To see it, put the old file back.',
  )
}
