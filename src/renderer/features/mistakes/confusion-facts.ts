/** What the confusion says in words and lists. Pure. */
import type { Confusion } from '../../../contract/entities/run'
import { formatCount, formatPercent, plural } from '../../format'

export interface ConfusedPair {
  readonly labelIndex: number
  readonly predictedIndex: number
  readonly count: number
}

/** Wrong cells, greatest first; equal ones in the order of the classes. */
export function confusedPairs(confusion: Confusion): ConfusedPair[] {
  return confusion.cells
    .filter((cell) => cell.labelIndex !== cell.predictedIndex && cell.count > 0)
    .sort((a, b) => b.count - a.count || a.labelIndex - b.labelIndex || a.predictedIndex - b.predictedIndex)
}

export interface ClassFigure {
  readonly index: number
  readonly name: string
  /** Images with this label. */
  readonly total: number
  readonly right: number
  readonly wrong: number
  /** wrong ÷ total; null where no image has the label. */
  readonly wrongShare: number | null
}

/** One line for each class, the greatest share of wrong images first; classes without images last. */
export function classFigures(confusion: Confusion): ClassFigure[] {
  const totals = new Map<number, { total: number; right: number }>()
  for (const { labelIndex, predictedIndex, count } of confusion.cells) {
    const sums = totals.get(labelIndex) ?? { total: 0, right: 0 }
    sums.total += count
    if (labelIndex === predictedIndex) sums.right += count
    totals.set(labelIndex, sums)
  }
  return confusion.classNames
    .map((name, index) => {
      const { total, right } = totals.get(index) ?? { total: 0, right: 0 }
      const wrong = total - right
      return { index, name, total, right, wrong, wrongShare: total === 0 ? null : wrong / total }
    })
    .sort((a, b) => (b.wrongShare ?? -1) - (a.wrongShare ?? -1) || b.wrong - a.wrong || a.index - b.index)
}

/** What a class's line shows, and what it means in a sentence: '100 %', '8 of 8 images of Iris are wrong'. */
export function classWords({ name, total, wrong, wrongShare }: ClassFigure): { share: string; said: string } {
  return {
    share: wrongShare === null ? '' : formatPercent(wrongShare, 0),
    said: `${formatCount(wrong)} of ${plural(total, 'image')} of ${name} ${wrong === 1 ? 'is' : 'are'} wrong`,
  }
}
