/** How large a decoded image is kept, in memory and on disk: never larger than its file has it. */

export interface Size {
  readonly widthPx: number
  readonly heightPx: number
}

export interface KeptSize {
  /** Two of one name keep every image alike: part of a kept image's key on disk. */
  readonly name: string
  /** Whether an image of this size is kept as it is. */
  takes(size: Size): boolean
  /** The size to which an upright image is brought; its own where it is taken as it is. */
  of(size: Size): Size
  /** `of` an image that is larger along both axes, where that does not depend on the image; else null. */
  readonly most: Size | null
}

/** At most `sidePx` along each axis on its own: the aspect ratio is not kept (BiT, bit-reference section 3). */
export function squashedTo(sidePx: number): KeptSize {
  return {
    name: String(sidePx),
    takes: ({ widthPx, heightPx }) => widthPx <= sidePx && heightPx <= sidePx,
    of: ({ widthPx, heightPx }) => ({
      widthPx: Math.min(widthPx, sidePx),
      heightPx: Math.min(heightPx, sidePx),
    }),
    most: { widthPx: sidePx, heightPx: sidePx },
  }
}

/**
 * At most as many pixels as a square of `sidePx` has, in the image's own shape, for parts that are brought to `cropPx`: how sharp a part is
 * then depends on its share of the area alone. A shorter side is not brought below `cropPx`, so that of a panorama more is kept: a part of it
 * that is as high as the panorama has a small share of the area, and yet all of the crop's rows. `cropPx` is at most `sidePx`.
 */
export function shapedWithin(sidePx: number, cropPx: number): KeptSize {
  // half a pixel less along each axis, so that a size that was rounded up is taken as it is
  const takes = ({ widthPx, heightPx }: Size): boolean =>
    (widthPx - 0.5) * (heightPx - 0.5) <= sidePx ** 2 || Math.min(widthPx, heightPx) <= cropPx
  return {
    name: `shape ${String(sidePx)} ${String(cropPx)}`,
    takes,
    of(size) {
      if (takes(size)) return size
      const { widthPx, heightPx } = size
      const scale = Math.max(sidePx / Math.sqrt(widthPx * heightPx), cropPx / Math.min(widthPx, heightPx))
      return { widthPx: Math.round(widthPx * scale), heightPx: Math.round(heightPx * scale) }
    },
    most: null,
  }
}
