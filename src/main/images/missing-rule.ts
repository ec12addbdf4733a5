/** When so many images are missing that training or judging on the rest would mislead. Pure. */
import { splitParts, type SplitPart } from '../../contract/entities/dataset'
import type { JobImages } from '../protocol/messages'

export interface TooManyMissing {
  /** `part`: none of its images are left; `class`: none of a class in it; `share`: more of it than a few. */
  readonly kind: 'part' | 'class' | 'share'
  readonly part: SplitPart
  /** null but for a class. */
  readonly classIndex: number | null
  /** Of the class, or of the part. */
  readonly missingCount: number
  readonly total: number
  /** That of one of them in its source. */
  readonly exampleKey: string
}

/** A few images of a part may be missing: up to this share of it … */
const mostShare = 0.01
/** … or fewer than so many. */
const leastCount = 5
/** One lost file is no lost class, where a class has a single image to be judged on. */
const leastHeldOutOfClass = 2

/**
 * The first reason not to go on, or null: in any part all images of it, all images of a class (of one that is held out with a single image:
 * not yet), or more than 1 % of the part and at least 5.
 */
export function tooManyMissing(
  images: Readonly<Record<SplitPart, JobImages>>,
  isMissing: (part: SplitPart, index: number) => boolean,
): TooManyMissing | null {
  for (const part of splitParts) {
    const found = tooManyOfPart(part, images[part], (index) => isMissing(part, index))
    if (found !== null) return found
  }
  return null
}

function tooManyOfPart(
  part: SplitPart,
  { keys, labelIndices }: JobImages,
  isMissing: (index: number) => boolean,
): TooManyMissing | null {
  const total = keys.length
  const ofClass = new Map<number, { total: number; missing: number; first: number }>()
  let missingCount = 0
  let first = -1
  for (let index = 0; index < total; index++) {
    const label = labelIndices[index] ?? 0
    const counts = ofClass.get(label) ?? { total: 0, missing: 0, first: -1 }
    ofClass.set(label, counts)
    counts.total += 1
    if (!isMissing(index)) continue
    missingCount += 1
    counts.missing += 1
    if (first < 0) first = index
    if (counts.first < 0) counts.first = index
  }
  if (missingCount === 0) return null
  const ofPart = { part, classIndex: null, missingCount, total, exampleKey: keys[first] ?? '' }
  if (missingCount === total) return { kind: 'part', ...ofPart }
  const least = part === 'train' ? 1 : leastHeldOutOfClass
  for (const [classIndex, counts] of ofClass) {
    if (counts.missing < counts.total || counts.total < least) continue
    const exampleKey = keys[counts.first] ?? ''
    return { kind: 'class', part, classIndex, missingCount: counts.missing, total: counts.total, exampleKey }
  }
  if (missingCount < leastCount || missingCount <= mostShare * total) return null
  return { kind: 'share', ...ofPart }
}
