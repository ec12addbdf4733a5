/** Classes with far fewer or far more images than the others, and parts that lack a class. Pure. */
import { splitParts, type SplitPart } from '../../contract/entities/dataset'
import type { CheckedImage } from './checked-image'
import { medianOf } from './robust'

export interface FaultyClass {
  readonly classIndex: number
  readonly note: string
}

/** Times the median. */
const unevenFactor = 5

export interface ClassFaults {
  readonly missing: FaultyClass[]
  readonly uneven: FaultyClass[]
  /** Images of the smallest class that has any, and of the largest. */
  readonly leastCount: number
  readonly mostCount: number
}

export function findClassFaults(images: readonly CheckedImage[], classCount: number): ClassFaults {
  const counts = Array.from({ length: classCount }, () => ({ train: 0, val: 0, test: 0 }))
  const ofPart: Record<SplitPart, number> = { train: 0, val: 0, test: 0 }
  for (const { classIndex, part } of images) {
    const known = counts[classIndex]
    if (known !== undefined) known[part]++
    ofPart[part]++
  }
  const totals = counts.map(({ train, val, test }) => train + val + test)
  const median = medianOf(totals)
  const present = totals.filter((total) => total > 0)
  const missing = counts.flatMap((known, classIndex): FaultyClass[] => {
    const lacking = splitParts.filter((part) => ofPart[part] > 0 && known[part] === 0)
    return lacking.length === 0 ? [] : [{ classIndex, note: `none in ${lacking.join(' and ')}` }]
  })
  const uneven = totals.flatMap((total, classIndex): FaultyClass[] => {
    if (total === 0 || median === 0) return []
    if (total * unevenFactor > median && total < median * unevenFactor) return []
    return [{ classIndex, note: `${String(total)} ${total === 1 ? 'image' : 'images'}` }]
  })
  return {
    missing,
    uneven: uneven.sort((one, other) => (totals[one.classIndex] ?? 0) - (totals[other.classIndex] ?? 0)),
    leastCount: Math.min(...present, Infinity),
    mostCount: Math.max(...present, 0),
  }
}
