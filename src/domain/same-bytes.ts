/** Images whose bytes are there more than once, where that matters. Pure. */
import type { SplitPart } from '../contract/entities/dataset'
import type { InTurns } from './in-turns'

/** What tells two images of the same bytes apart: with two classes one of them is wrong; with two parts a test is no test. */
export const sameBytesKinds = ['classes', 'parts'] as const
export type SameBytesKind = (typeof sameBytesKinds)[number]

interface Repeatable {
  readonly contentHash: string
  readonly classIndex: number
}

/** Of each kind, the indices of the images that have the same bytes as one of another class, or in another part; ascending. */
export function* findingSameBytes(
  images: readonly Repeatable[],
  parts: readonly (SplitPart | undefined)[],
): InTurns<Record<SameBytesKind, number[]>> {
  const firstOf = new Map<string, number>()
  /** All of a content, by its first; without those that are there once. */
  const repeated = new Map<number, number[]>()
  for (const [index, { contentHash }] of images.entries()) {
    const first = firstOf.get(contentHash)
    const all = first === undefined ? undefined : repeated.get(first)
    if (first === undefined) firstOf.set(contentHash, index)
    else if (all === undefined) repeated.set(first, [first, index])
    else all.push(index)
    if (index % imagesAtOnce === imagesAtOnce - 1) yield
  }
  const differ: Record<SameBytesKind, (one: number, other: number) => boolean> = {
    classes: (one, other) => images[one]?.classIndex !== images[other]?.classIndex,
    parts: (one, other) => parts[one] !== parts[other],
  }
  const found: Record<SameBytesKind, number[]> = { classes: [], parts: [] }
  for (const all of repeated.values()) {
    const [first = 0, ...others] = all
    const kinds = sameBytesKinds.filter((kind) => others.some((index) => differ[kind](first, index)))
    for (const index of all) for (const kind of kinds) found[kind].push(index)
  }
  for (const kind of sameBytesKinds) found[kind].sort((a, b) => a - b)
  return found
}

/** Looked at between two pauses: some milliseconds. */
const imagesAtOnce = 10_000
