/** Images for the screen: of images that were imported, inside their dataset's folder, and of images that were predicted. */
import { hash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { thumbnail } from '../images/decode'
import { fullView } from '../images/full-view'
import { getDataset } from '../store/datasets'
import { getImage, imagePath } from '../store/images'
import type { ImageKey, ImageSize } from '../rpc/image-address'
import type { ThumbnailCache } from '../store/thumbnails'
import type { ServiceContext } from '../app/context'
import { createImageQueue } from './image-queue'

export interface Image {
  readonly bytes: Uint8Array
  readonly mime: string
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

  /** What names the content, and where it lies, links followed. */
  async function source(key: ImageKey): Promise<{ contentKey: string; path: () => Promise<string> }> {
    if ('taskId' in key) {
      const path = await predicted.imageFile(key.taskId, key.row)
      const { size, mtimeMs, ino } = await stat(path)
      return {
        contentKey: hash('sha256', [path, size, mtimeMs, ino].join('\0')),
        path: () => Promise.resolve(path),
      }
    }
    const image = getImage(db, key.imageId)
    const { rootPath } = getDataset(db, image.datasetId)
    return { contentKey: image.contentHash, path: () => insideRoot(rootPath, imagePath(db, key.imageId)) }
  }

  return {
    async image(key, size, signal) {
      const { contentKey, path } = await source(key)
      if (size === 'full') return queue.run(async () => fullView(await path()), signal)
      const px = sizesPx.find((candidate) => candidate >= size) ?? 2048
      const kept = cache.get(contentKey, px)
      if (kept !== null) return kept
      const made = await queue.run(async () => thumbnail(await path(), px), signal)
      cache.put(contentKey, px, made)
      return made
    },
  }
}

/** The real path of `path`. A link that was put there after the import must not open the rest of the disk. */
async function insideRoot(rootPath: string, path: string): Promise<string> {
  const [root, file] = await Promise.all([existing(rootPath), existing(path)])
  if (file.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new WorkbenchError(
    'not-allowed',
    `${path} is a link to ${file}, outside its dataset's folder.`,
    'Put the image itself into the folder, or import the folder that it is in.',
  )
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (cause) {
    throw new WorkbenchError(
      'path-not-found',
      `${path} is no longer there.`,
      'Put it back, or import the folder again.',
      { cause },
    )
  }
}
