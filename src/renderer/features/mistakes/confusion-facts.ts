/** What the confusion says in words and lists. Pure. */
import type { Confusion } from '../../../contract/entities/confusion'
import { classFigures } from '../../../domain/statistics/per-class'
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
export function wrongByClass(confusion: Confusion): ClassFigure[] {
  return classFigures(confusion)
    .map(({ classIndex: index, support: total, correct: right }) => {
      const wrong = total - right
      const name = confusion.classNames[index] ?? ''
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
