/** Reads many images: what is sound is seen so by quick threads; each other image is read by `readImage`, which has the words for what is wrong. */
import { defaultDecodeCount, eachAtMost } from '../images/decode-queue'
import type { ImageSource } from '../sources/source'
import { startQuickThreads, type QuickThreads } from './quick-threads'
import { type FileReading, readImage } from './read-image'

export interface ReadImagesOptions {
  /** The built src/main/indexer.ts; null: all are read by `readImage`. */
  readonly threadPath: string | null
  readonly signal: AbortSignal
  /** Throws what ends the reading. */
  readonly stopIfCancelled: () => void
  readonly onReading: (index: number, reading: FileReading) => void
}

/** With fewer images, threads would hardly have started. */
const leastForThreads = 32
/** Some milliseconds of small images. */
const batchImages = 64
/** As many as without batches, together. */
const carefulAtOnce = 2

/** `indices`: which of `keys`. Throws as `readImage`, and what `stopIfCancelled` throws. */
export async function readImages(
  source: ImageSource,
  keys: readonly string[],
  indices: readonly number[],
  options: ReadImagesOptions,
): Promise<void> {
  const { threadPath, signal, stopIfCancelled, onReading } = options
  const readCarefully = async (index: number): Promise<void> => {
    stopIfCancelled()
    onReading(index, await readImage(source, keys[index] ?? ''))
  }
  const isQuick =
    indices.length >= leastForThreads && (source.ownPath?.(keys[indices[0] ?? 0] ?? '') ?? null) !== null
  const threads = isQuick && threadPath !== null ? startQuickThreads(threadPath) : null
  if (threads === null) {
    await eachAtMost(indices.length, defaultDecodeCount * 2, (place) => readCarefully(indices[place] ?? 0))
    return
  }
  const stop = (): void => void threads.close()
  signal.addEventListener('abort', stop)
  try {
    await eachAtMost(Math.ceil(indices.length / batchImages), threads.batchCount, async (batch) => {
      stopIfCancelled()
      const some = indices.slice(batch * batchImages, (batch + 1) * batchImages)
      const left = await readQuickly(source, keys, some, threads, options)
      await eachAtMost(left.length, carefulAtOnce, (place) => readCarefully(left[place] ?? 0))
    })
  } finally {
    signal.removeEventListener('abort', stop)
    await threads.close()
  }
}

/** Answers with those that are left. */
async function readQuickly(
  source: ImageSource,
  keys: readonly string[],
  indices: readonly number[],
  threads: QuickThreads,
  { stopIfCancelled, onReading }: ReadImagesOptions,
): Promise<number[]> {
  const left: number[] = []
  let asked: { index: number; path: string }[] = []
  for (const index of indices) {
    const path = source.ownPath?.(keys[index] ?? '') ?? null
    if (path === null) left.push(index)
    else asked.push({ index, path })
  }
  while (asked.length > 0) {
    stopIfCancelled()
    const found = await threads.look(asked.map(({ path }) => path))
    for (const [place, facts] of found.entries()) {
      const index = asked[place]?.index ?? 0
      if (facts === null) left.push(index)
      else onReading(index, { isImage: true, facts, fault: null })
    }
    asked = asked.slice(found.length)
  }
  return left
}
