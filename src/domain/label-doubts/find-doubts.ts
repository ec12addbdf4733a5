/**
 * Labels that are likely wrong, from probabilities that each image got from a probe that had not seen it. Pure.
 *
 * How many: confident learning (Northcutt, Jiang and Chuang 2021), and no more than wrong labels explain (wrong-count.ts). The threshold of a class is the
 * mean probability of that class over the images labelled so; an image counts as mislabelled where it reaches the threshold of another class, by which it
 * is then taken, and not that of its own. Which: those whose label is the least probable beside what they look like. On flowers17 and the sample, this
 * order finds a fifth more than the margin does.
 */
import { wrongLabelCount } from './wrong-count'

export interface Doubt {
  /** Of the image. */
  readonly place: number
  /** What it looks like. */
  readonly suggested: number
  readonly suggestedProbability: number
  readonly labelProbability: number
}

type Weighed = Pick<Doubt, 'suggestedProbability' | 'labelProbability'>

/** How likely an image is what it looks like, where it is either that or its label: 0 to 1. It falls down the list that `findDoubts` makes. */
export function overLabelOf({ suggestedProbability, labelProbability }: Weighed): number {
  return suggestedProbability / (suggestedProbability + labelProbability)
}

/** `probabilities`: [images, classCount], each row sums to 1. The surest first. */
export function findDoubts(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classCount: number,
): Doubt[] {
  const thresholds = thresholdsOf(probabilities, labels, classCount)
  const suspects: Doubt[] = []
  let wrongCount = 0
  for (let place = 0; place < labels.length; place++) {
    const row = probabilities.subarray(place * classCount, (place + 1) * classCount)
    const label = labels[place] ?? 0
    const reached = mostProbable(row, (other, probability) => probability >= (thresholds[other] ?? Infinity))
    if (reached !== -1 && reached !== label) wrongCount++
    const suggested = mostProbable(row, () => true)
    if (suggested === label || suggested === -1) continue
    suspects.push({
      place,
      suggested,
      suggestedProbability: row[suggested] ?? 0,
      labelProbability: row[label] ?? 0,
    })
  }
  const ratio = (doubt: Doubt): number => doubt.labelProbability / doubt.suggestedProbability
  return suspects
    .sort((one, other) => ratio(one) - ratio(other) || one.place - other.place)
    .slice(0, Math.min(wrongCount, wrongLabelCount(probabilities, labels, classCount)))
}

/** Of a class without images: Infinity. */
function thresholdsOf(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classCount: number,
): Float64Array {
  const sums = new Float64Array(classCount)
  const counts = new Float64Array(classCount)
  for (let place = 0; place < labels.length; place++) {
    const label = labels[place] ?? 0
    sums[label] = (sums[label] ?? 0) + (probabilities[place * classCount + label] ?? 0)
    counts[label] = (counts[label] ?? 0) + 1
  }
  return sums.map((sum, label) => ((counts[label] ?? 0) > 0 ? sum / (counts[label] ?? 1) : Infinity))
}

/** −1 where none is allowed. */
function mostProbable(row: Float32Array, allowed: (label: number, probability: number) => boolean): number {
  let best = -1
  row.forEach((probability, label) => {
    if (allowed(label, probability) && (best === -1 || probability > (row[best] ?? 0))) best = label
  })
  return best
}
