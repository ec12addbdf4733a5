/** Which image of a group of the same stays when the others are excluded. Pure. */
import type { SplitPart } from '../../contract/entities/dataset'

interface Copy {
  readonly id: number
  readonly part: SplitPart
  readonly widthPx: number
  readonly heightPx: number
}

/** A held-out one, so that what is measured stays comparable; of those the largest; of those the first. null of none. */
export function keptCopy<C extends Copy>(copies: readonly C[]): C | null {
  const rank = ({ part }: Copy): number => ['test', 'val', 'train'].indexOf(part)
  const sorted = [...copies].sort(
    (one, other) =>
      rank(one) - rank(other) ||
      other.widthPx * other.heightPx - one.widthPx * one.heightPx ||
      one.id - other.id,
  )
  return sorted[0] ?? null
}
