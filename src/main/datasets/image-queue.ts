/**
 * The order in which images are decoded for the screen: the newest request first, since whoever scrolls wants what came
 * last; a few at once; and nothing that nobody waits for any more.
 */
import { availableParallelism } from 'node:os'
import { WorkbenchError } from '../../contract/errors'

export interface ImageQueue {
  /** `work`'s own result. Throws 'cancelled' where `signal` was aborted before it was begun; what is begun goes on. */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>
}

/** As many as the machine has processors: more would take turns and all come late. Two at least, so that one large file holds up none. */
export function createImageQueue(atOnce = Math.max(2, availableParallelism())): ImageQueue {
  // Sets keep the order in which things came.
  const waiting = new Set<() => void>()
  let runningCount = 0

  const startSome = (): void => {
    while (runningCount < atOnce) {
      const start = newest(waiting)
      if (start === undefined) return
      waiting.delete(start)
      runningCount++
      start()
    }
  }
  return {
    async run(work, signal) {
      await new Promise<void>((resolve, reject) => {
        const start = (): void => {
          signal?.removeEventListener('abort', leave)
          resolve()
        }
        const leave = (): void => {
          waiting.delete(start)
          reject(new WorkbenchError('cancelled', 'This image is no longer needed.'))
        }
        if (signal?.aborted === true) return leave()
        signal?.addEventListener('abort', leave, { once: true })
        waiting.add(start)
        startSome()
      })
      try {
        return await work()
      } finally {
        runningCount--
        startSome()
      }
    },
  }
}

/** There are as many as pages have requests open: some tens. */
function newest<Item>(items: ReadonlySet<Item>): Item | undefined {
  let last: Item | undefined
  for (const item of items) last = item
  return last
}
