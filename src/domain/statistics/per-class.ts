/** Precision, recall and F1 of each class from a confusion matrix. Pure. */
import type { Confusion } from '../../contract/entities/confusion'
import type { Accuracy } from '../../contract/entities/run'
import { accuracyOf } from '../rules/interval'

/** Shares have their 95 % Wilson interval; null where there is nothing that it would be a share of. */
export interface ClassFigures {
  readonly classIndex: number
  /** Images with this label. */
  readonly support: number
  /** Images that are predicted as this class. */
  readonly predicted: number
  readonly correct: number
  /** Of those predicted so, the share with the label. */
  readonly precision: Accuracy | null
  /** Of those with the label, the share predicted so. */
  readonly recall: Accuracy | null
  /** Harmonic mean of precision and recall. */
  readonly f1: F1 | null
}

export interface F1 {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** In the order of the classes. */
export function classFigures({ classNames, labels, predicted: answers, counts }: Confusion): ClassFigures[] {
  const classCount = classNames.length
  const [support, predicted, correct] = [0, 1, 2].map(() => new Float64Array(classCount))
  counts.forEach((count, cell) => {
    const [label, answer] = [labels[cell] ?? 0, answers[cell] ?? 0]
    add(support, label, count)
    add(predicted, answer, count)
    if (label === answer) add(correct, label, count)
  })
  return Array.from({ length: classCount }, (_, classIndex) => {
    const [labelled = 0, said = 0, both = 0] = [
      support?.[classIndex],
      predicted?.[classIndex],
      correct?.[classIndex],
    ]
    return {
      ...{ classIndex, support: labelled, predicted: said, correct: both },
      precision: said === 0 ? null : accuracyOf(both, said),
      recall: labelled === 0 ? null : accuracyOf(both, labelled),
      f1: f1Of(both, labelled, said),
    }
  })
}

export interface MeanFigures {
  readonly macroF1: number | null
  readonly balancedAccuracy: number | null
}

/** Means over the classes with images: a class that no image is predicted as has an F1 of 0. */
export function meanFigures(figures: readonly ClassFigures[]): MeanFigures {
  const counted = figures.filter(({ support }) => support > 0)
  const mean = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    macroF1: mean(counted.map(({ f1 }) => f1?.value ?? 0)),
    balancedAccuracy: mean(counted.map(({ recall }) => recall?.value ?? 0)),
  }
}

/**
 * F1 = 2J ÷ (1 + J) grows with J, the share of right ones among the images with the label or the prediction: its interval is that of J, carried over
 * (Wilson's for J).
 */
function f1Of(correct: number, support: number, predicted: number): F1 | null {
  const either = support + predicted - correct
  if (either === 0) return null
  const { value, low, high } = accuracyOf(correct, either)
  const carried = (share: number): number => (2 * share) / (1 + share)
  return { value: carried(value), low: carried(low), high: carried(high) }
}

function add(to: Float64Array | undefined, at: number, count: number): void {
  if (to !== undefined) to[at] = (to[at] ?? 0) + count
}
