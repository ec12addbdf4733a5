import { z } from 'zod'

/** What the screens ask for in one call; a screen shows some fifty. */
export const mostThumbnails = 64
/** Sizes of thumbnails that come in one call with others, px on the longer side. A larger one is asked for at its own address. */
export const smallSizesPx = [128, 256, 512] as const
export type SmallSizePx = (typeof smallSizesPx)[number]

export const thumbnailsCalls = {
  /**
   * Thumbnails that are ready, as `data:` addresses. null: that one would have to be made first, or there is no such image; its own address gives it or
   * says why not. After some MB in one answer all others are null.
   */
  'thumbnails.ready': {
    input: z.object({
      images: z.array(z.object({ id: z.int(), px: z.literal(smallSizesPx) })).max(mostThumbnails),
    }),
    output: z.array(z.string().nullable()),
  },
} as const
