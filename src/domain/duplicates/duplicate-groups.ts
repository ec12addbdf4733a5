/** From pairs of contents to groups of images: what is the same, and what is merely alike. Pure. */
import { createGroups } from './groups'
import type { Pair } from './find-pairs'
import { sameImageLikeness } from './likeness'

export interface ContentGroup {
  /** same-image: resized, cut, mirrored or encoded otherwise. similar: maybe other shots. */
  readonly kind: 'same-image' | 'similar'
  /** Places of contents, ascending; two at least. */
  readonly contents: readonly number[]
}

export type LikePair = Pick<Pair, 'one' | 'other' | 'likeness'>

/** A content is in at most one group of what is the same; groups of similar ones have one content of each such group. */
export function contentGroups(
  contentCount: number,
  pairs: readonly LikePair[],
  sameLikeness = sameImageLikeness,
): ContentGroup[] {
  const same = createGroups(contentCount)
  for (const { one, other, likeness } of pairs) if (likeness >= sameLikeness) same.join(one, other)
  const alike = createGroups(contentCount)
  for (const { one, other } of pairs)
    if (!same.areJoined(one, other)) alike.join(same.first(one), same.first(other))
  return [
    ...same.list().map((contents): ContentGroup => ({ kind: 'same-image', contents })),
    ...alike.list().map((contents): ContentGroup => ({ kind: 'similar', contents })),
  ]
}

export interface DuplicateGroup {
  /** same-bytes: all of them have the same bytes. */
  readonly kind: 'same-bytes' | ContentGroup['kind']
  /** Indices of images, ascending; two at least. */
  readonly members: readonly number[]
}

interface ContentHashGroup {
  readonly kind: ContentGroup['kind']
  readonly contentHashes: readonly string[]
}

/** Of the images that there are, by their contents. What is the same comes first, in the order of the first images; of similar contents one image each. */
export function duplicateGroups(
  images: readonly { readonly contentHash: string }[],
  groups: readonly ContentHashGroup[],
): DuplicateGroup[] {
  const placesOf = new Map<string, number[]>()
  images.forEach(({ contentHash }, place) => {
    const known = placesOf.get(contentHash)
    if (known === undefined) placesOf.set(contentHash, [place])
    else known.push(place)
  })
  const ascending = (places: readonly number[]): number[] => [...places].sort((a, b) => a - b)
  const found: DuplicateGroup[] = []
  const grouped = new Set<string>()
  for (const { kind, contentHashes } of groups) {
    const present = contentHashes.filter((hash) => placesOf.has(hash))
    if (kind === 'similar') {
      const members = present.flatMap((hash) => (placesOf.get(hash) ?? []).slice(0, 1))
      if (members.length > 1) found.push({ kind, members: ascending(members) })
    } else if (present.length > 1) {
      for (const hash of present) grouped.add(hash)
      found.push({ kind, members: ascending(present.flatMap((hash) => placesOf.get(hash) ?? [])) })
    }
  }
  for (const [hash, members] of placesOf)
    if (members.length > 1 && !grouped.has(hash)) found.push({ kind: 'same-bytes', members })
  const isSimilar = ({ kind }: DuplicateGroup): number => (kind === 'similar' ? 1 : 0)
  return found.sort(
    (one, other) => isSimilar(one) - isSimilar(other) || (one.members[0] ?? 0) - (other.members[0] ?? 0),
  )
}
