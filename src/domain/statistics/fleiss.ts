/** Agreement of several raters beyond chance. */
import { purpose, randomStream } from '../random'

/** A row an image: how many raters gave each answer. */
export type AnswerCounts = readonly (readonly number[])[]

/**
 * Fleiss' κ (Fleiss 1971), for images with any number of raters from two on: the share of agreeing pairs of an image, mean over the images, against the
 * agreement that the answers' overall shares would give. null where nothing is to be said: no image with two raters, or everybody gave one answer always.
 */
export function fleissKappa(counts: AnswerCounts): number | null {
  return kappaOf(counts.filter((row) => sum(row) >= 2))
}

/**
 * The same of `resamples` samples of the images, drawn with replacement by the seed; sorted. `first`: number of the first of them, so that long work can be
 * done in turns. Samples of which nothing is to be said are left out.
 */
export function resampledKappas(
  counts: AnswerCounts,
  seed: number,
  first: number,
  resamples: number,
): number[] {
  const rated = counts.filter((row) => sum(row) >= 2)
  const kappas: number[] = []
  for (let sample = first; sample < first + resamples; sample++) {
    const next = randomStream(seed, purpose.kappa, sample)
    const drawn = rated.map(() => rated[Math.floor(next() * rated.length)] ?? [])
    const kappa = kappaOf(drawn)
    if (kappa !== null) kappas.push(kappa)
  }
  return kappas
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

function kappaOf(rows: AnswerCounts): number | null {
  const totals: number[] = []
  let agreement = 0
  let answerCount = 0
  for (const row of rows) {
    const raters = sum(row)
    let pairs = 0
    for (const [answer, count] of row.entries()) {
      totals[answer] = (totals[answer] ?? 0) + count
      pairs += count * (count - 1)
    }
    agreement += pairs / (raters * (raters - 1))
    answerCount += raters
  }
  if (rows.length === 0) return null
  const byChance = totals.reduce((chance, count) => chance + (count / answerCount) ** 2, 0)
  return byChance >= 1 ? null : (agreement / rows.length - byChance) / (1 - byChance)
}

function sum(row: readonly number[]): number {
  return row.reduce((total, count) => total + count, 0)
}
