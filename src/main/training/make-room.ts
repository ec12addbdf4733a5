import { outOfMemory } from '../trainer/out-of-memory'
import type { TrainState } from './train-state'

export type Warn = (text: string) => Promise<void>

/**
 * After memory ran out: halves the micro-batch, says so, and the caller repeats what failed. The result stays the same and only the speed
 * changes, unless the micro-batch counts (a step with BatchNorm). Throws what was thrown where it means something else, and where there is nothing left to halve.
 */
export async function makeRoom(
  state: Pick<TrainState, 'microBatchSize' | 'setMicroBatchSize'>,
  thrown: unknown,
  warn: Warn,
  counts = false,
): Promise<void> {
  const before = state.microBatchSize
  if (outOfMemory(thrown) === null || before <= 1) throw thrown
  const after = Math.ceil(before / 2)
  state.setMicroBatchSize(after)
  await warn(
    `The memory was not enough for micro-batches of ${String(before)}: repeating with ${String(after)}. ${ofSmallerPieces(counts)}`,
  )
}

/** What comes of it. `counts`: as above. */
export function ofSmallerPieces(counts: boolean): string {
  return counts
    ? 'BatchNorm now sees fewer pictures at once, so the result is another one than that of the recipe.'
    : 'The result stays the same.'
}
