/** Whether files whose size or time is another still hold what was imported: their bytes say it, where size and time cannot. */
import { hash } from 'node:crypto'
import { defaultDecodeCount, eachAtMost } from '../images/decode-queue'
import type { ImageSource } from './source'

export interface ContentCheckOptions {
  /** How many have been read. */
  readonly onProgress: (done: number) => void
  /** Asked between files. */
  readonly stopped: () => boolean
}

/** What is larger was never imported. */
const mostImageBytes = 1 << 30

/**
 * Of each image the time of its file where its content is the one that was imported (SHA-256, lower-case hex), null where it is another or cannot be
 * read. null where `stopped` said yes.
 */
export async function sameContents(
  source: ImageSource,
  images: readonly { readonly key: string; readonly contentHash: string }[],
  { onProgress, stopped }: ContentCheckOptions,
): Promise<(number | null)[] | null> {
  const times = new Array<number | null>(images.length).fill(null)
  let done = 0
  let isStopped = false
  await eachAtMost(images.length, defaultDecodeCount, async (index) => {
    isStopped ||= stopped()
    const image = images[index]
    if (isStopped || image === undefined) return
    try {
      const { bytes, byteCount, modifiedMs } = await source.read(
        image.key,
        0,
        (_, size) => size <= mostImageBytes,
      )
      if (bytes.length === byteCount && hash('sha256', bytes, 'hex') === image.contentHash)
        times[index] = modifiedMs
    } catch {
      // another content, then: whoever reads the image says why it cannot be read
    }
    onProgress(++done)
  })
  return isStopped || stopped() ? null : times
}
