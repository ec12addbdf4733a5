/** What the confusion says in words and lists. Pure. */
import type { Confusion, Prediction } from '../../../contract/entities/run'
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

export type RankGroup = 'all' | 'label-in-top-5' | 'label-not-in-top-5'

/** The paper's question to a mistake: was the label at least among the first five? */
export function inGroup(prediction: Pick<Prediction, 'labelRank'>, group: RankGroup): boolean {
  if (group === 'all') return true
  return group === 'label-in-top-5' ? prediction.labelRank <= 5 : prediction.labelRank > 5
}

export interface HistogramBin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Equal bins over [low, 1], where low is the least value rounded down to a tenth. */
export function probabilityHistogram(probabilities: readonly number[], binCount: number): HistogramBin[] {
  const least = probabilities.reduce((low, value) => Math.min(low, value), 1)
  const low = Math.min(0.9, Math.floor(least * 10 + 1e-9) / 10)
  const width = (1 - low) / binCount
  const counts = new Array<number>(binCount).fill(0)
  for (const value of probabilities) {
    const bin = Math.max(0, Math.min(binCount - 1, Math.floor((value - low) / width + 1e-9)))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }))
}
