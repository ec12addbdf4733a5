/** Threads that look at image files beside the core (main/indexer.ts): each is given some paths at a time, and says the facts of the sound ones. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { asColumns, ofColumns, type FactColumns, type Found } from './fact-columns'
import type { QuickFacts } from './quick-facts'
import type { ImageFacts } from './read-image'

export interface QuickThreads {
  /** How many batches keep all of them busy. */
  readonly batchCount: number
  /** Of the first of `paths`, one at least; null where only `readImage` can tell. Of a thread that has ended, nulls. */
  look(paths: readonly string[]): Promise<Found>
  /** What was asked is answered with nulls. */
  close(): Promise<void>
}

/** Shorter answers are not worth their way, longer ones keep whoever cancels waiting. */
const longestMs = 100

/** `threadPath`: the built src/main/indexer.ts. null where there is none, as in a copy of the program that lacks it. */
export function startQuickThreads(threadPath: string, count = availableParallelism()): QuickThreads | null {
  if (!existsSync(threadPath)) return null
  const free: QuickThread[] = []
  const waiting: ((thread: QuickThread | null) => void)[] = []
  let living = count
  const threads = Array.from({ length: count }, () => {
    const thread = startThread(threadPath, () => {
      living--
      const place = free.indexOf(thread)
      if (place >= 0) free.splice(place, 1)
      if (living === 0) for (const next of waiting.splice(0)) next(null)
    })
    free.push(thread)
    return thread
  })
  const give = (thread: QuickThread): void => {
    if (!thread.isAlive()) return
    const next = waiting.shift()
    if (next === undefined) free.push(thread)
    else next(thread)
  }
  return {
    batchCount: count + 1,
    async look(paths) {
      const thread =
        free.pop() ??
        (living === 0 ? null : await new Promise<QuickThread | null>((next) => waiting.push(next)))
      if (thread === null) return paths.map(() => null)
      const facts = await thread.ask(paths)
      give(thread)
      return facts ?? paths.map(() => null)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

/** Of the first of `paths`, until its time is over. */
export function lookAtSome(quickFacts: QuickFacts, paths: readonly string[]): FactColumns {
  const found: (ImageFacts | null)[] = []
  const endMs = performance.now() + longestMs
  for (const path of paths) {
    found.push(quickFacts(path))
    if (performance.now() >= endMs) break
  }
  return asColumns(found)
}

interface QuickThread {
  isAlive(): boolean
  /** null: it has ended. */
  ask(paths: readonly string[]): Promise<Found | null>
  end(): Promise<void>
}

/** `onGone`: when it has ended, whatever the reason; once. */
function startThread(threadPath: string, onGone: () => void): QuickThread {
  const worker = new Worker(threadPath)
  worker.unref()
  let isAlive = true
  let answer: (found: Found | null) => void = () => undefined
  const gone = (): void => {
    if (!isAlive) return
    isAlive = false
    onGone()
    answer(null)
  }
  worker.on('message', (found: FactColumns) => answer(ofColumns(found)))
  // files are read without it, as ever
  worker.once('error', gone)
  worker.once('exit', gone)
  return {
    isAlive: () => isAlive,
    ask: (paths) =>
      new Promise((resolve) => {
        if (!isAlive) return resolve(null)
        worker.ref()
        answer = (found) => {
          worker.unref()
          resolve(found)
        }
        worker.postMessage(paths)
      }),
    async end() {
      await worker.terminate()
      gone()
    },
  }
}
