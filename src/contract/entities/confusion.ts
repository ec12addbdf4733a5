/** How often each label got each prediction. */
import { z } from 'zod'
import { narrowSchema, unpackNarrow } from '../packed'

/** The pairs that have images, by label, then prediction. */
export const packedConfusionSchema = z.object({
  classNames: z.array(z.string()),
  /** Of each class as the label: how many pairs. */
  pairCounts: narrowSchema,
  /** Of each pair: the class that was predicted, and images. */
  predicted: narrowSchema,
  counts: narrowSchema,
})
export type PackedConfusion = z.infer<typeof packedConfusionSchema>

/** The same, unpacked, with the label of each pair: a thousand classes can have hundreds of thousands of pairs. */
export interface Confusion {
  readonly classNames: readonly string[]
  /** Indices of classes. */
  readonly labels: Uint32Array
  readonly predicted: Uint32Array
  /** Images, ≥ 1. */
  readonly counts: Uint32Array
}

export interface ConfusedPair {
  readonly labelIndex: number
  readonly predictedIndex: number
  readonly count: number
}

export function unpackConfusion({ classNames, pairCounts, predicted, counts }: PackedConfusion): Confusion {
  const images = unpackNarrow(counts)
  const labels = new Uint32Array(images.length)
  let end = 0
  unpackNarrow(pairCounts).forEach((pairCount, label) => labels.fill(label, end, (end += pairCount)))
  return { classNames, labels, predicted: unpackNarrow(predicted), counts: images }
}

/** `pairs` in the order of the cells. */
export function confusionOfPairs(classNames: readonly string[], pairs: readonly ConfusedPair[]): Confusion {
  return {
    classNames,
    labels: Uint32Array.from(pairs, ({ labelIndex }) => labelIndex),
    predicted: Uint32Array.from(pairs, ({ predictedIndex }) => predictedIndex),
    counts: Uint32Array.from(pairs, ({ count }) => count),
  }
}

export function pairAt({ labels, predicted, counts }: Confusion, cell: number): ConfusedPair {
  return { labelIndex: labels[cell] ?? 0, predictedIndex: predicted[cell] ?? 0, count: counts[cell] ?? 0 }
}

/** Images, and how many of them are right. */
export function imagesOf({ labels, predicted, counts }: Confusion): { total: number; right: number } {
  let [total, right] = [0, 0]
  counts.forEach((count, cell) => {
    total += count
    if (labels[cell] === predicted[cell]) right += count
  })
  return { total, right }
}
