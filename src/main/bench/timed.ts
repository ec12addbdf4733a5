/** How long work takes, in milliseconds. */
export function timedOnce(work: () => unknown): number {
  const beganMs = performance.now()
  work()
  return performance.now() - beganMs
}

/** `runs` times, after once that does not count. */
export function timed(runs: number, work: () => unknown): number[] {
  work()
  return Array.from({ length: runs }, () => timedOnce(work))
}
