/** What an evaluation says besides its loss, counted image by image. Pure. */
import type { Accuracy, Measures } from '../../contract/entities/run'
import { accuracyOf } from './interval'

export interface Tally {
  /** `labelRank`: 1 where the label is the prediction itself. */
  add(labelIndex: number, labelRank: number): void
  /** null of nothing: nothing was measured. */
  figures(): { readonly accuracy: Accuracy; readonly measures: Omit<Measures, 'partCount'> } | null
}

/** The paper reports it, for ILSVRC-2012 and others (Kolesnikov et al. 2020). */
const topCount = 5

/** Among five classes or fewer the label is always one of the first five. */
export function createTally(classCount: number): Tally {
  const totals = new Map<number, { right: number; total: number }>()
  let [right, inTop, total] = [0, 0, 0]
  return {
    add(labelIndex, labelRank) {
      const ofClass = totals.get(labelIndex) ?? { right: 0, total: 0 }
      totals.set(labelIndex, ofClass)
      ofClass.total += 1
      total += 1
      if (labelRank <= topCount) inTop += 1
      if (labelRank !== 1) return
      ofClass.right += 1
      right += 1
    },
    figures() {
      if (total === 0) return null
      const classes = [...totals.values()]
      const counts = classes.map((one) => one.total)
      return {
        accuracy: accuracyOf(right, total),
        measures: {
          topFive: classCount > topCount ? accuracyOf(inTop, total) : null,
          balanced: {
            value: classes.reduce((sum, one) => sum + one.right / one.total, 0) / classes.length,
            classCount: classes.length,
            leastCount: counts.reduce((least, count) => Math.min(least, count), Infinity),
            mostCount: counts.reduce((most, count) => Math.max(most, count), 0),
          },
        },
      }
    },
  }
}
