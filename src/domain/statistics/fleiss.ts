/** Agreement of several raters beyond chance. */
import { purpose, randomStream } from '../random'

/** A row an image: how many raters gave each answer. */
export type AnswerCounts = readonly (readonly number[])[]

/**
 * Fleiss' κ (Fleiss 1971), for images with any number of raters from two on: the share of agreeing pairs of an image, mean over the images, against the
 * agreement that the answers' overall shares would give. null where nothing is to be said: no image with two raters, or everybody gave one answer always.
 */
export function fleissKappa(counts: AnswerCounts): number | null {
  const rated = counts.filter((row) => sum(row) >= 2)
  const totals: number[] = []
  for (const row of rated) for (const [at, count] of row.entries()) totals[at] = (totals[at] ?? 0) + count
  return kappaOf(sum(rated.map(agreementOf)), rated.length, totals)
}

/**
 * The same of samples of the images, drawn with replacement by the seed: of the one with the number that is asked for. So that long work can be done in
 * turns. null where nothing is to be said of a sample.
 */
export function kappaSampler(counts: AnswerCounts, seed: number): (sample: number) => number | null {
  const rated = counts.filter((row) => sum(row) >= 2)
  const answerCount = rated.reduce((most, row) => Math.max(most, row.length), 0)
  const flat = new Float64Array(rated.length * answerCount)
  for (const [index, row] of rated.entries()) flat.set(row, index * answerCount)
  const agreements = Float64Array.from(rated, agreementOf)
  const totals = new Float64Array(answerCount)
  return (sample) => {
    const next = randomStream(seed, purpose.kappa, sample)
    totals.fill(0)
    let agreement = 0
    for (let draw = 0; draw < rated.length; draw++) {
      const row = Math.floor(next() * rated.length)
      agreement += agreements[row] ?? 0
      for (let at = 0; at < answerCount; at++)
        totals[at] = (totals[at] ?? 0) + (flat[row * answerCount + at] ?? 0)
    }
    return kappaOf(agreement, rated.length, totals)
  }
}

/** The middle 95 % of the values. */
export function middleInterval(values: readonly number[]): { low: number; high: number } | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)] ?? 0
    const above = sorted[Math.ceil(place)] ?? 0
    return below + (above - below) * (place - Math.floor(place))
  }
  return { low: at(0.025), high: at(0.975) }
}

/** The share of agreeing pairs of raters. */
function agreementOf(row: readonly number[]): number {
  const raters = sum(row)
  return row.reduce((pairs, count) => pairs + count * (count - 1), 0) / (raters * (raters - 1))
}

/** `agreement`: sum over the images. `totals`: how often each answer was given. */
function kappaOf(agreement: number, imageCount: number, totals: ArrayLike<number>): number | null {
  if (imageCount === 0) return null
  const all = Array.from(totals)
  const byChance = all.reduce((chance, count) => chance + (count / sum(all)) ** 2, 0)
  return byChance >= 1 ? null : (agreement / imageCount - byChance) / (1 - byChance)
}

function sum(row: readonly number[]): number {
  return row.reduce((total, count) => total + count, 0)
}
