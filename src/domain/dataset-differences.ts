/** What differs between two lists of a dataset's images: two versions of it, or a version and its source now. Pure. */
import type { DifferenceKind, SplitPart } from '../contract/entities/dataset'

export interface ListedImage {
  readonly key: string
  readonly contentHash: string
  readonly className: string
  /** What the source says; null where it says nothing. */
  readonly folderPart: SplitPart | null
  /** The real path of a file outside the source that it is a link to; null where it is none. */
  readonly linkTarget: string | null
  /** Absent: it has none. */
  readonly boxes?: { readonly hash: string } | undefined
}

export interface Difference {
  readonly kind: DifferenceKind
  /** Into the list before; null of a new image. */
  readonly before: number | null
  /** Into the list after; null of one that is gone. */
  readonly after: number | null
}

/**
 * In the order of the list after, then those that are gone. An image is told by its key; one whose key is gone is moved where its content came up under
 * a new key, or it is a link to another file of that content. relabelled: the same file, but the source gives it another class or part, or other boxes.
 */
export function datasetDifferences(
  before: readonly ListedImage[],
  after: readonly ListedImage[],
): Difference[] {
  const placeBefore = new Map(before.map(({ key }, place) => [key, place]))
  const keysAfter = new Set(after.map(({ key }) => key))
  const gone = before.flatMap(({ key }, place) => (keysAfter.has(key) ? [] : [place]))
  const goneOfContent = new Map<string, number[]>()
  for (const place of gone) {
    const content = before[place]?.contentHash ?? ''
    const same = goneOfContent.get(content)
    if (same === undefined) goneOfContent.set(content, [place])
    else same.push(place)
  }
  const moved = new Set<number>()
  const found: Difference[] = []
  after.forEach((image, place) => {
    const samePlace = placeBefore.get(image.key)
    const was = samePlace === undefined ? undefined : before[samePlace]
    if (samePlace === undefined || was === undefined) {
      const from = goneOfContent.get(image.contentHash)?.shift()
      if (from !== undefined) moved.add(from)
      found.push({ kind: from === undefined ? 'new' : 'moved', before: from ?? null, after: place })
    } else if (was.contentHash !== image.contentHash) {
      found.push({ kind: 'changed', before: samePlace, after: place })
    } else if (
      was.className !== image.className ||
      was.folderPart !== image.folderPart ||
      was.boxes?.hash !== image.boxes?.hash
    ) {
      found.push({ kind: 'relabelled', before: samePlace, after: place })
    } else if (was.linkTarget !== image.linkTarget) {
      found.push({ kind: 'moved', before: samePlace, after: place })
    }
  })
  for (const place of gone) if (!moved.has(place)) found.push({ kind: 'gone', before: place, after: null })
  return found
}

/**
 * Classes that have another name now, by the new one: all images of the old class that are still there are in the new one, and of no other class. Runs know
 * classes by their numbers, so a renamed class can keep its own.
 */
export function renamedClasses(
  before: readonly ListedImage[],
  after: readonly ListedImage[],
  differences: readonly Difference[],
): Map<string, string> {
  const namesBefore = new Set(before.map(({ className }) => className))
  const namesAfter = new Set(after.map(({ className }) => className))
  const oldNames = new Map<string, Set<string>>()
  for (const { before: was, after: is } of differences) {
    const from = was === null ? undefined : before[was]?.className
    const to = is === null ? undefined : after[is]?.className
    if (from === undefined || to === undefined || namesAfter.has(from) || namesBefore.has(to)) continue
    oldNames.set(to, (oldNames.get(to) ?? new Set()).add(from))
  }
  const claims = [...oldNames].flatMap(([to, from]) => [...from].map((name) => ({ to, name })))
  return new Map(
    claims
      .filter((one) => claims.filter(({ to, name }) => to === one.to || name === one.name).length === 1)
      .map(({ to, name }) => [to, name]),
  )
}
