import { outOfMemory } from '../../protocol/out-of-memory'
import type { TrainState } from './train-state'

export type Warn = (text: string) => Promise<void>

/**
 * After memory ran out: halves the micro-batch, says so, and the caller repeats what failed. Throws what was thrown where it means something
 * else, and where there is nothing left to halve. `counts` as in `halved`.
 */
export async function makeRoom(
  state: Pick<TrainState, 'microBatchSize' | 'setMicroBatchSize'>,
  thrown: unknown,
  warn: Warn,
  counts = false,
): Promise<void> {
  const smaller = outOfMemory(thrown) === null ? null : halved(state.microBatchSize, counts)
  if (smaller === null) throw thrown
  state.setMicroBatchSize(smaller.microBatchSize)
  await warn(smaller.words)
}

/**
 * Half of a micro-batch for which memory was not enough, and what is said of it; null where nothing is left to halve. The result stays the same
 * and only the speed changes, unless the micro-batch `counts` (a step with BatchNorm). `also` happened beside it.
 */
export function halved(
  before: number,
  counts: boolean,
  also = '',
): { readonly microBatchSize: number; readonly words: string } | null {
  if (before <= 1) return null
  const microBatchSize = Math.ceil(before / 2)
  const consequence = counts
    ? 'BatchNorm now sees fewer pictures at once, so the result is another one than that of the recipe.'
    : 'The result stays the same.'
  return {
    microBatchSize,
    words: `The memory was not enough for micro-batches of ${String(before)}${also}: repeating with ${String(microBatchSize)}. ${consequence}`,
  }
}
