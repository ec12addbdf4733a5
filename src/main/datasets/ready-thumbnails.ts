/** Thumbnails for a whole screen in one answer: an <img> with an address of its own costs the browser more than its picture does. */
import type { DomainHandlers } from '../app/handlers'
import type { ServiceContext } from '../app/context'
import { contentHashes } from '../store/datasets/stored-images'
import type { ThumbnailCache } from '../store/datasets/thumbnails'

/** Of one answer. Sixty-four photos of 256 px have 1 MB. */
const mostBytes = 4_000_000

export function thumbnailsHandlers(
  { db }: Pick<ServiceContext, 'db'>,
  cache: ThumbnailCache,
): DomainHandlers<'thumbnails'> {
  return {
    'thumbnails.ready': async ({ images }) => {
      const hashes = contentHashes(
        db,
        images.map(({ id }) => id),
      )
      let byteCount = 0
      return images.map(({ px }, at) => {
        const contentHash = hashes[at] ?? ''
        const kept = contentHash !== '' && byteCount < mostBytes ? cache.get(contentHash, px) : null
        if (kept === null) return null
        byteCount += kept.bytes.length
        return `data:${kept.mime};base64,${Buffer.from(kept.bytes).toString('base64')}`
      })
    },
  }
}
