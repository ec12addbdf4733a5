/** From pairs of contents to groups of images: what is the same, and what is merely alike. Pure. */
import { createGroups } from './groups'
import type { Pair } from './find-pairs'
import { sameImageLikeness } from './likeness'

export const duplicateKinds = ['same-bytes', 'same-image', 'similar'] as const
export type DuplicateKind = (typeof duplicateKinds)[number]

export interface DuplicateGroup {
  /** same-bytes: all of them have the same bytes. same-image: resized, cut, mirrored or encoded otherwise. similar: maybe other shots. */
  readonly kind: DuplicateKind
  /** Indices of images, ascending; two at least. */
  readonly members: number[]
}

/**
 * `contents`: of each image, the place of its content; `pairs` are of such places. An image is in at most one group of what is the same; groups of similar
 * ones are of those that a pair names, each same image once.
 */
export function duplicateGroups(contents: readonly number[], pairs: readonly Pair[]): DuplicateGroup[] {
  const contentCount = contents.reduce((most, place) => Math.max(most, place + 1), 0)
  const same = createGroups(contentCount)
  for (const { one, other, likeness } of pairs) if (likeness >= sameImageLikeness) same.join(one, other)
  const imagesOf = new Map<number, number[]>()
  contents.forEach((content, image) => {
    const group = same.first(content)
    const known = imagesOf.get(group)
    if (known === undefined) imagesOf.set(group, [image])
    else known.push(image)
  })
  const groups: DuplicateGroup[] = []
  for (const members of imagesOf.values()) {
    if (members.length < 2) continue
    const isBytes = members.every((image) => contents[image] === contents[members[0] ?? 0])
    groups.push({ kind: isBytes ? 'same-bytes' : 'same-image', members })
  }
  const alike = createGroups(contentCount)
  for (const { one, other } of pairs)
    if (!same.areJoined(one, other)) alike.join(same.first(one), same.first(other))
  for (const group of alike.list()) {
    const members = group.flatMap((first) => (imagesOf.get(first) ?? []).slice(0, 1))
    groups.push({ kind: 'similar', members: members.sort((a, b) => a - b) })
  }
  return groups
}
