import { outOfMemory } from '../../protocol/out-of-memory'
import { halved } from '../../../domain/estimate/halved'
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
