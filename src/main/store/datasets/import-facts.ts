/** What a dataset's row says of the images of its current version: counted once. */
import type { InTurns } from '../../../domain/in-turns'
import type { ScannedImage } from '../../datasets/scan-result'

/** In the order of the columns image_count, median_width_px, median_height_px, byte_count, rotated_count. */
export function* countingFacts(
  images: readonly Pick<ScannedImage, 'widthPx' | 'heightPx' | 'byteCount' | 'orientation'>[],
): InTurns<number[]> {
  const widths = new Map<number, number>()
  const heights = new Map<number, number>()
  let [byteCount, rotatedCount] = [0, 0]
  for (const [index, image] of images.entries()) {
    widths.set(image.widthPx, (widths.get(image.widthPx) ?? 0) + 1)
    heights.set(image.heightPx, (heights.get(image.heightPx) ?? 0) + 1)
    byteCount += image.byteCount
    if (image.orientation !== 1) rotatedCount++
    if (index % imagesAtOnce === imagesAtOnce - 1) yield
  }
  return [images.length, median(widths), median(heights), byteCount, rotatedCount]
}

/** Looked at between two pauses: some milliseconds. */
const imagesAtOnce = 20_000

/** The lower of the two middle values; 0 of nothing. `countOf`: how often each value is there. */
function median(countOf: ReadonlyMap<number, number>): number {
  const values = [...countOf].sort(([one], [other]) => one - other)
  const total = values.reduce((sum, [, count]) => sum + count, 0)
  let before = 0
  for (const [value, count] of values) {
    before += count
    if (before > (total - 1) >> 1) return value
  }
  return 0
}
