/** Images whose bytes are there more than once, where that matters. Pure. */
import type { SplitPart } from '../contract/entities/dataset'

/** What tells two images of the same bytes apart: with two classes one of them is wrong; with two parts a test is no test. */
export const sameBytesKinds = ['classes', 'parts'] as const
export type SameBytesKind = (typeof sameBytesKinds)[number]

interface Repeatable {
  readonly contentHash: string
  readonly classIndex: number
}

/** Of each kind, the indices of the images that have the same bytes as one of another class, or in another part; ascending. */
export function sameBytes(
  images: readonly Repeatable[],
  parts: readonly (SplitPart | undefined)[],
): Record<SameBytesKind, number[]> {
  const byContent = new Map<string, number[]>()
  images.forEach(({ contentHash }, index) => {
    const known = byContent.get(contentHash)
    if (known === undefined) byContent.set(contentHash, [index])
    else known.push(index)
  })
  const found: Record<SameBytesKind, number[]> = { classes: [], parts: [] }
  for (const [first = 0, ...others] of byContent.values()) {
    const all = [first, ...others]
    if (others.some((index) => images[index]?.classIndex !== images[first]?.classIndex))
      found.classes.push(...all)
    if (others.some((index) => parts[index] !== parts[first])) found.parts.push(...all)
  }
  for (const kind of sameBytesKinds) found[kind].sort((a, b) => a - b)
  return found
}
