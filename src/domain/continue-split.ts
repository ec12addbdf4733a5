/** The split of a dataset that took in changes: what stays keeps its part, so that no test image of a run trains the next. Pure. */
import type { Split, SplitOptions, SplitPart } from '../contract/entities/dataset'
import { assignSplit, type SplitImage, type SplitResult } from './split'

export interface ContinuedImage extends SplitImage {
  /** The part that it had; null of a new one, and of one that the source itself took out of a held-out part. */
  readonly keptPart: SplitPart | null
}

/**
 * Held-out parts that the source gives stay its own. An image keeps its part; a new one goes where the same content is, else where the seeded split of
 * all images puts it. Where the source gave no parts and now does, those count, as at an import.
 */
export function continueSplit(
  images: readonly ContinuedImage[],
  { origin, options }: { readonly origin: Split['origin']; readonly options: SplitOptions },
): SplitResult {
  const anew = assignSplit(images, options)
  if (origin === 'seeded' && anew.origin !== 'seeded') return anew
  const partOfContent = new Map(
    images.flatMap(({ contentHash, keptPart }) =>
      keptPart === null ? [] : [[contentHash, keptPart] as const],
    ),
  )
  const parts = images.map(({ contentHash, folderPart, keptPart }, index): SplitPart => {
    if (origin !== 'seeded' && (folderPart === 'val' || folderPart === 'test')) return folderPart
    if (origin === 'folders') return 'train'
    return keptPart ?? partOfContent.get(contentHash) ?? anew.parts[index] ?? 'train'
  })
  return { origin, parts }
}
