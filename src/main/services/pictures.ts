/** Small pictures for the screen: of images that were imported, inside their dataset's folder, and of pictures that were predicted. */
import { hash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { thumbnail } from '../data/decode'
import { getDataset } from '../store/datasets'
import { getImage, imagePath } from '../store/images'
import type { PictureKey } from '../rpc/picture-address'
import type { ThumbnailCache } from '../store/thumbnails'
import type { ServiceContext } from './context'

export interface Picture {
  readonly bytes: Uint8Array
  readonly mime: string
}

/** Few sizes, so that the cache is of use to every window size. */
const sizesPx = [128, 256, 512, 1024, 2048] as const

/** Whose the rows of predictions are. */
export interface PredictedFiles {
  /** A real path, of a file that was opened. */
  pictureFile(taskId: number, row: number): Promise<string>
}

/**
 * A picture upright, at most `maxPx` (rounded up to one of a few sizes) on its longer side.
 * Throws 'not-found', 'path-not-found', 'not-allowed', 'bad-image'.
 */
export async function picture(
  { db }: ServiceContext,
  cache: ThumbnailCache,
  predicted: PredictedFiles,
  key: PictureKey,
  maxPx: number,
): Promise<Picture> {
  const px = sizesPx.find((size) => size >= maxPx) ?? 2048
  if ('taskId' in key) {
    const path = await predicted.pictureFile(key.taskId, key.row)
    const { size, mtimeMs, ino } = await stat(path)
    return fromCache(cache, hash('sha256', [path, size, mtimeMs, ino].join('\0')), px, async () => path)
  }
  const image = getImage(db, key.imageId)
  return fromCache(cache, image.contentHash, px, () =>
    insideRoot(getDataset(db, image.datasetId).rootPath, imagePath(db, key.imageId)),
  )
}

/** From the file where it is not kept yet. */
async function fromCache(
  cache: ThumbnailCache,
  contentKey: string,
  px: number,
  path: () => Promise<string>,
): Promise<Picture> {
  const kept = cache.get(contentKey, px)
  if (kept !== null) return kept
  const made = await thumbnail(await path(), px)
  cache.put(contentKey, px, made)
  return made
}

/** The real path of `path`. A link that was put there after the import must not open the rest of the disk. */
async function insideRoot(rootPath: string, path: string): Promise<string> {
  const [root, file] = await Promise.all([existing(rootPath), existing(path)])
  if (file.startsWith(root.endsWith(sep) ? root : root + sep)) return file
  throw new WorkbenchError(
    'not-allowed',
    `${path} leads out of its dataset's folder, to ${file}.`,
    'Put the picture itself into the folder, or import the folder that it is in.',
  )
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (cause) {
    throw new WorkbenchError(
      'path-not-found',
      `${path} is not there any more.`,
      'Put it back, or import the folder again.',
      { cause },
    )
  }
}
