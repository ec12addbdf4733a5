/** How a check gives way: to the core, which must answer meanwhile, and to a training, which needs the processors. */
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'

export interface Pace {
  /** After a piece of work: rests where a training runs, several times as long as the work took. Throws where `signal` is aborted. */
  after(workMs: number): Promise<void>
  /** Between many small pieces: lets the core answer every few milliseconds. The same as `after` otherwise. */
  between(): Promise<void>
}

/** While a training runs, one third of the time of one processor is ours, whatever the number of threads. */
const restFactor = 8
const sliceMs = 12
const longestRestMs = 2000

export function createPace(isTraining: () => boolean, signal: AbortSignal): Pace {
  let sliceBegan = performance.now()
  async function after(workMs: number): Promise<void> {
    signal.throwIfAborted()
    if (isTraining())
      await wait(Math.min(longestRestMs, workMs * restFactor), undefined, { signal }).catch(() => undefined)
    signal.throwIfAborted()
  }
  return {
    after,
    async between() {
      const workMs = performance.now() - sliceBegan
      if (workMs < sliceMs) return
      await nextTurn()
      await after(workMs)
      sliceBegan = performance.now()
    },
  }
}
