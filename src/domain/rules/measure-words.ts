/** Which figures stand beside an accuracy, and what they are called, the same on screens and in commands. Pure. */
import type { Accuracy, Measures } from '../../contract/entities/run'
import { formatCount, plural } from '../figures'

export const notMeasured = 'not measured'

/** The largest class has more than a tenth more images than the smallest: then accuracy speaks for the large ones. */
const unequalFrom = 1.1

/** Each as a label and what it says, a percentage with what it is a percentage of. `digits`: of the percentages. */
export function measureLines(
  measures: Measures | null,
  digits: number,
): { readonly label: string; readonly share: string; readonly of: string }[] {
  if (measures === null) return []
  const { topFive, balanced } = measures
  const percent = (share: number): string => `${(share * 100).toFixed(digits)} %`
  return [
    ...(topFive === null
      ? []
      : [
          {
            label: 'Top-5 accuracy',
            share: percent(topFive.value),
            of: `${formatCount(topFive.correct)} of ${plural(topFive.total, 'image')} ${topFive.correct === 1 ? 'has its' : 'have their'} label among the first five classes`,
          },
        ]),
    ...(balanced === null || !isUnequal(balanced)
      ? []
      : [
          {
            label: 'Balanced accuracy',
            share: percent(balanced.value),
            of: `mean over ${formatCount(balanced.classCount)} classes of the share of their images that are right; a class has ${formatCount(balanced.leastCount)} to ${formatCount(balanced.mostCount)} images`,
          },
        ]),
  ]
}

export function isUnequal({ leastCount, mostCount }: NonNullable<Measures['balanced']>): boolean {
  return mostCount > unequalFrom * leastCount
}

/** How many images were evaluated: '136', or '130 of 136' where some of the part were not. */
export function evaluatedCount({ total }: Pick<Accuracy, 'total'>, measures: Measures | null): string {
  return measures === null || measures.partCount <= total
    ? formatCount(total)
    : `${formatCount(total)} of ${formatCount(measures.partCount)}`
}
