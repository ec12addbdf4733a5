import { contentHashes } from '../store/datasets/stored-images'
import type { Db } from '../store/statement'

/** Images that are looked up between two pauses: of about ten milliseconds. */
const imagesAtOnce = 2000

/** Calls `visit` with what is in the file of each image, in lower-case hex, and its place in `ids`; not of images that are gone. */
export async function eachContent(
  db: Db,
  ids: ArrayLike<number>,
  visit: (contentHash: string, at: number) => void,
  pause: () => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += imagesAtOnce) {
    const length = Math.min(imagesAtOnce, ids.length - from)
    const some = Array.from({ length }, (_, at) => ids[from + at] ?? 0)
    for (const [at, hash] of contentHashes(db, some).entries()) if (hash !== '') visit(hash, from + at)
    await pause()
  }
}
