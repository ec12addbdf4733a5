/** What the confusion says in words and lists. Pure. */
import type { Confusion } from '../../../contract/entities/confusion'
import { formatCount, formatPercent, plural } from '../../format'

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
  const [totals, rights] = [confusion.classNames.map(() => 0), confusion.classNames.map(() => 0)]
  confusion.counts.forEach((count, cell) => {
    const label = confusion.labels[cell] ?? 0
    totals[label] = (totals[label] ?? 0) + count
    if (label === confusion.predicted[cell]) rights[label] = count
  })
  return confusion.classNames
    .map((name, index) => {
      const [total, right] = [totals[index] ?? 0, rights[index] ?? 0]
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
