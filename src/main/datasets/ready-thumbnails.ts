/** Thumbnails for a whole screen in one answer: an <img> with an address of its own costs the browser more than its picture does. */
import type { DomainHandlers } from '../app/handlers'
import type { ServiceContext } from '../app/context'
import { contentHashOf } from '../store/datasets/images'
import type { ThumbnailCache } from '../store/datasets/thumbnails'

/** Of one answer. Sixty-four photos of 256 px have 1 MB. */
const mostBytes = 4_000_000

export function thumbnailsHandlers(
  { db }: Pick<ServiceContext, 'db'>,
  cache: ThumbnailCache,
): DomainHandlers<'thumbnails'> {
  return {
    'thumbnails.ready': async ({ images }) => {
      let byteCount = 0
      return images.map(({ id, px }) => {
        const contentHash = byteCount < mostBytes ? contentHashOf(db, id) : null
        const kept = contentHash === null ? null : cache.get(contentHash, px)
        if (kept === null) return null
        byteCount += kept.bytes.length
        return `data:${kept.mime};base64,${Buffer.from(kept.bytes).toString('base64')}`
      })
    },
  }
}
