/** How much float32's rounding alone changes a model's logits: what two right programs may differ by follows from it. */
import { Gap } from './certify'
import type { ImageBatch } from './golden-images'
import type { OurSide } from './our-side'

/** Half of a float32's last place at 1. */
const half = 2 ** -24

/**
 * The greatest change of a logit when every value of the images, [n,px,px,3] in [−1, 1], moves up or down by one rounding. `ours` are their
 * logits unmoved. Programs that sum in other orders round so in every layer; measured, that comes to 3 to 4 times as much, from 4 to 50 units.
 */
export async function roundingNoise(
  side: OurSide,
  batches: readonly ImageBatch[],
  scaled: readonly Float32Array[],
  ours: readonly Float32Array[],
): Promise<number> {
  const moved = new Gap()
  let word = 1
  for (const [index, { count }] of batches.entries()) {
    const nudged = scaled[index]?.map((value) => {
      word = (Math.imul(word, 1664525) + 1013904223) | 0 // Numerical Recipes' generator; its sign is enough
      return value + Math.sign(word) * half
    })
    moved.see(ours[index] ?? [], await side.predict(nudged ?? new Float32Array(0), count))
  }
  return moved.absolute
}
