/**
 * Half of a micro-batch for which memory was not enough, and what is said of it; null where nothing is left to halve. But for rounding
 * the result stays the same, and only the speed changes, unless the micro-batch `counts` (a step with BatchNorm). `also` happened beside it.
 */
export function halved(
  before: number,
  counts: boolean,
  also = '',
): { readonly microBatchSize: number; readonly words: string } | null {
  if (before <= 1) return null
  const microBatchSize = Math.ceil(before / 2)
  const consequence = counts
    ? 'BatchNorm now sees fewer images at once, so the result differs from the recipe’s.'
    : 'Up to rounding, the result stays the same.'
  return {
    microBatchSize,
    words: `There was not enough memory for micro-batches of ${String(before)}${also}: repeating with ${String(microBatchSize)}. ${consequence}`,
  }
}
