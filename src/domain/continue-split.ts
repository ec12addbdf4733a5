/** The split of a dataset that took in changes: what stays keeps its part, so that no test image of a run trains the next. Pure. */
import type { Split, SplitOptions, SplitPart } from '../contract/entities/dataset'
import type { InTurns } from './in-turns'
import { assigningSplit, splitOrigin, type SplitImage, type SplitResult } from './split'

export interface ContinuedImage extends SplitImage {
  /** The part that it had; null of a new one, and of one that the source itself took out of a held-out part. */
  readonly keptPart: SplitPart | null
}

/**
 * Held-out parts that the source gives stay its own. An image keeps its part; a new one goes where the same content is, else where the seeded split of
 * all images puts it. Where the source gave no parts and now does, those count, as at an import.
 */
export function* continuingSplit(
  images: readonly ContinuedImage[],
  { origin, options }: { readonly origin: Split['origin']; readonly options: SplitOptions },
): InTurns<SplitResult> {
  if (origin === 'seeded' && splitOrigin(images, options) !== 'seeded')
    return yield* assigningSplit(images, options)
  const fixed = images.map(({ folderPart, keptPart }): SplitPart | null => {
    if (origin !== 'seeded' && (folderPart === 'val' || folderPart === 'test')) return folderPart
    return origin === 'folders' ? 'train' : keptPart
  })
  if (!fixed.includes(null)) return { origin, parts: fixed.flatMap((part) => part ?? []) }
  yield
  const partOfContent = new Map<string, SplitPart>()
  for (const [index, { contentHash, keptPart }] of images.entries()) {
    if (keptPart !== null) partOfContent.set(contentHash, keptPart)
    if (index % imagesAtOnce === imagesAtOnce - 1) yield
  }
  const anew = yield* assigningSplit(images, options)
  const parts = fixed.map(
    (part, index) =>
      part ?? partOfContent.get(images[index]?.contentHash ?? '') ?? anew.parts[index] ?? 'train',
  )
  return { origin, parts }
}

/** Looked at between two pauses: some milliseconds. */
const imagesAtOnce = 10_000
