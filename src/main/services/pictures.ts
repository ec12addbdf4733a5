/** Small pictures for the screen: only of images that were imported, and only inside their dataset's folder. */
import { realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { thumbnail } from '../data/decode'
import { getDataset } from '../store/datasets'
import { getImage, imagePath } from '../store/images'
import type { ThumbnailCache } from '../store/thumbnails'
import type { ServiceContext } from './context'

export interface Picture {
  readonly bytes: Uint8Array
  readonly mime: string
}

/** Few sizes, so that the cache is of use to every window size. */
const sizesPx = [128, 256, 512, 1024, 2048] as const

/**
 * An image upright, at most `maxPx` (rounded up to one of a few sizes) on its longer side.
 * Throws 'not-found', 'path-not-found', 'not-allowed', 'bad-image'.
 */
export async function picture(
  { db }: ServiceContext,
  cache: ThumbnailCache,
  imageId: number,
  maxPx: number,
): Promise<Picture> {
  const px = sizesPx.find((size) => size >= maxPx) ?? 2048
  const image = getImage(db, imageId)
  const kept = cache.get(image.contentHash, px)
  if (kept !== null) return kept
  const path = await insideRoot(getDataset(db, image.datasetId).rootPath, imagePath(db, imageId))
  const made = await thumbnail(path, px)
  cache.put(image.contentHash, px, made)
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
