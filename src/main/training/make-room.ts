import { outOfMemory } from '../trainer/out-of-memory'
import type { TrainState } from './train-state'

export type Warn = (text: string) => Promise<void>

/**
 * After memory ran out: halves the micro-batch, says so, and the caller repeats what failed. No layer mixes examples, so the result stays the
 * same and only the speed changes. Throws what was thrown where it means something else, and where there is nothing left to halve.
 */
export async function makeRoom(
  state: Pick<TrainState, 'microBatchSize' | 'setMicroBatchSize'>,
  thrown: unknown,
  warn: Warn,
): Promise<void> {
  const before = state.microBatchSize
  if (outOfMemory(thrown) === null || before <= 1) throw thrown
  const after = Math.ceil(before / 2)
  state.setMicroBatchSize(after)
  await warn(
    `The memory was not enough for micro-batches of ${String(before)}: repeating with ${String(after)}. The result stays the same.`,
  )
}
