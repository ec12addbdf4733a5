/** When a state is saved, steps wait for a copy of it at most, where one fits into memory: it is sent while they go on. */
import { elementCount } from '../../../domain/model/spec'
import { sendCheckpoint, type Out, type TensorSource } from './send-checkpoint'

export interface CheckpointSaver {
  /**
   * Resolves when the weights may change. One at a time: it first waits for the one before. Throws what that one threw. `whenSaved` after its commit.
   */
  save(state: TensorSource, stepIndex: number, whenSaved: () => Promise<void>): Promise<void>
  /** Resolves when everything is committed. Throws as `save`. */
  settled(): Promise<void>
  /** Whether saving once more now costs less than a fiftieth of the time since the last time; before the first, not within half a minute. */
  isCheap(state: TensorSource): boolean
  /** Of the last one; null before it. */
  readonly savedStep: number | null
  readonly savedAtMs: number
}

const mostShare = 0.02
const leastUnknownMs = 30_000

/** `copyBytes`: what a copy may take. `clock`: milliseconds. */
export function createCheckpointSaver(out: Out, copyBytes: number, clock: () => number): CheckpointSaver {
  let sending: Promise<void> = Promise.resolve()
  let savedStep: number | null = null
  let savedAtMs = clock()
  let lastWaitMs: number | null = null

  const fits = (state: TensorSource): boolean =>
    4 * state.tensorHeaders().reduce((sum, { shape }) => sum + elementCount(shape), 0) <= copyBytes

  return {
    async save(state, stepIndex, whenSaved) {
      const startMs = clock()
      await sending
      if (fits(state)) {
        const copy = await copyOf(state)
        sending = sendCheckpoint(copy, stepIndex, out).then(whenSaved)
        sending.catch(() => undefined) // thrown to who waits for it
      } else {
        await sendCheckpoint(state, stepIndex, out)
        await whenSaved()
      }
      savedStep = stepIndex
      savedAtMs = clock()
      lastWaitMs = savedAtMs - startMs
    },
    settled: () => sending,
    isCheap(state) {
      const sinceMs = clock() - savedAtMs
      if (lastWaitMs === null) return sinceMs >= leastUnknownMs && fits(state)
      return lastWaitMs <= mostShare * sinceMs
    },
    get savedStep() {
      return savedStep
    },
    get savedAtMs() {
      return savedAtMs
    },
  }
}

async function copyOf(state: TensorSource): Promise<TensorSource> {
  const headers = state.tensorHeaders()
  const tensors: { name: string; data: Float32Array }[] = []
  for await (const tensor of state.readTensors()) tensors.push(tensor)
  return {
    tensorHeaders: () => headers,
    async *readTensors() {
      // each is let go of as soon as it is sent
      tensors.reverse()
      for (let tensor = tensors.pop(); tensor !== undefined; tensor = tensors.pop())
        yield await Promise.resolve(tensor)
    },
  }
}
