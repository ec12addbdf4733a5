/** How many decodes run at once, so that a batch neither leaves cores idle nor holds hundreds of open images. */
import { availableParallelism } from 'node:os'

/** One more than the cores: a file is read while the others decode. */
export const defaultDecodeCount = availableParallelism() + 1

/** Runs `work` for 0 … count - 1, at most `atOnce` side by side. Ends after all that began; throws the first failure. */
export async function eachAtMost(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let nextIndex = 0
  let failed = false
  const worker = async (): Promise<void> => {
    while (nextIndex < count && !failed) {
      const index = nextIndex++
      try {
        await work(index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = Array.from({ length: Math.min(atOnce, count) }, worker)
  const outcomes = await Promise.allSettled(workers)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
}
