/** Calls at most once in an interval, and never forgets the last call. */
import type { Clock } from '../app/clock'

export interface Throttle {
  /** Now, or when the interval is over. */
  call(): void
  /** Now, if a call waits. */
  flush(): void
  /** Forgets a waiting call. */
  cancel(): void
}

export function createThrottle(intervalMs: number, clock: Clock, action: () => void): Throttle {
  let lastMs = -Infinity
  let timer: NodeJS.Timeout | undefined
  const act = (): void => {
    clearTimeout(timer)
    timer = undefined
    lastMs = clock()
    action()
  }
  return {
    call() {
      if (timer !== undefined) return
      const sinceMs = clock() - lastMs
      // A clock set back must not silence the events.
      if (sinceMs >= intervalMs || sinceMs < 0) act()
      else timer = setTimeout(act, intervalMs - sinceMs)
    },
    flush() {
      if (timer !== undefined) act()
    },
    cancel() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
