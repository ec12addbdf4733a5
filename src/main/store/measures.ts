/** What an evaluation keeps beside its accuracy, as columns of the table evaluations. */
import type { Measures } from '../../contract/entities/run'
import { accuracyOf } from '../../domain/rules/interval'

export const measureColumns =
  'part_count, top_five_count, balanced_accuracy, evaluations.class_count AS balanced_classes, class_least, class_most'

export interface MeasureRow {
  readonly part_count: number | null
  readonly top_five_count: number | null
  readonly balanced_accuracy: number | null
  readonly balanced_classes: number | null
  readonly class_least: number | null
  readonly class_most: number | null
}

/** `evaluatedCount`: more than 0. */
export function toMeasures(row: MeasureRow, evaluatedCount: number): Measures {
  const { balanced_accuracy: value, balanced_classes: classCount, class_least, class_most } = row
  return {
    partCount: row.part_count ?? evaluatedCount,
    topFive: row.top_five_count === null ? null : accuracyOf(row.top_five_count, evaluatedCount),
    balanced:
      value === null || classCount === null || class_least === null || class_most === null
        ? null
        : { value, classCount, leastCount: class_least, mostCount: class_most },
  }
}
