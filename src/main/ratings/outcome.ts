/** What comes out of a rating: verdicts, agreement, and the accuracy in three honest forms. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { answers, type AccuracyForm, type Outcome, type Votes } from '../../contract/entities/rating'
import { noVotes } from '../../domain/raters/verdict'
import { accuracyOf } from '../../domain/rules/interval'
import { fleissKappa, kappaSampler, middleInterval } from '../../domain/statistics/fleiss'
import { stratifiedAccuracy } from '../../domain/statistics/stratified'
import { getRatingRow, type RatingRow } from '../store/labels/ratings'
import type { Db } from '../store/statement'
import { correctionsOf } from './corrections'
import { isRight, judgedImages, raterFigures, type Judged } from './judged'

/** Samples of the images that the interval of κ comes from, and rows that are drawn between two pauses. */
const resamples = 1000
const rowsAtOnce = 50_000

export async function outcomeOf(db: Db, ratingId: number): Promise<Outcome> {
  const rating = getRatingRow(db, ratingId)
  const { wrong, right } = rating.spec.population
  const all = judgedImages(db, ratingId)
  const wrongs = all.filter(({ image }) => image.prediction !== image.label)
  const rights = all.filter(({ image }) => image.prediction === image.label)
  const judged = (some: readonly Judged[]): Judged[] => some.filter(({ verdict }) => verdict !== null)
  const rests = judged(rights).filter(({ image }) => image.isRest)
  // Of right predictions nobody asks who is right: nearly always alike, they would flatter the agreement.
  const rated = (wrongs.length > 0 ? wrongs : rights)
    .map(({ votes }) => answers.map((answer) => votes[answer]))
    .filter(hasTwo)
  const value = fleissKappa(rated)
  const interval = value === null ? null : middleInterval(await allKappas(rated, rating.spec.choice.seed))
  return {
    verdicts: countVerdicts(wrongs),
    restVerdicts: countVerdicts(rights),
    judgedWrong: judged(wrongs).length,
    openWrong: wrongs.length - judged(wrongs).length,
    wrong,
    judgedRest: rests.length,
    restNotRight: judged(rights).filter((one) => !isRight(one)).length,
    rest: right,
    raters: raterFigures(db, rating),
    kappa: value === null || interval === null ? null : { value, ...interval },
    kappaCount: rated.length,
    asLabelled: asLabelled(rating),
    adjudicated: adjudicated(rating, judged(wrongs), judged(rights)),
    noiseAdjusted: noiseAdjusted(rating, judged(wrongs), rests),
    correctable: rating.datasetId === null ? 0 : (await correctionsOf(db, ratingId)).length,
  }
}

/** In turns: of a hundred thousand images they take seconds. Samples of which nothing is to be said are left out. */
async function allKappas(rated: readonly (readonly number[])[], seed: number): Promise<number[]> {
  const sampleKappa = kappaSampler(rated, seed)
  const atOnce = Math.max(1, Math.floor(rowsAtOnce / Math.max(1, rated.length)))
  const kappas: number[] = []
  for (let sample = 0; sample < resamples; sample++) {
    const kappa = sampleKappa(sample)
    if (kappa !== null) kappas.push(kappa)
    if (sample % atOnce === 0) await nextTurn()
  }
  return kappas
}

function hasTwo(row: readonly number[]): boolean {
  return row.reduce((sum, count) => sum + count, 0) >= 2
}

function countVerdicts(some: readonly Judged[]): Votes {
  const counts = noVotes()
  for (const { verdict } of some) if (verdict !== null) counts[verdict]++
  return counts
}

function asLabelled({ spec: { population } }: RatingRow): AccuracyForm {
  const total = population.wrong + population.right
  return form(population.right, total, `Predictions that are the label, of ${count(total, 'image')}.`)
}

function adjudicated(
  { spec }: RatingRow,
  wrongs: readonly Judged[],
  rights: readonly Judged[],
): AccuracyForm {
  const { wrong, right } = spec.population
  if (wrongs.length + rights.length === 0) return none('No image has been judged yet.')
  const gained = wrongs.filter(isRight).length
  const lost = rights.filter((one) => !isRight(one)).length
  return form(
    right + gained - lost,
    wrong + right,
    `By labels corrected where the raters agree: ${gained} of ${count(wrongs.length, 'judged mistake')} right after all, ${lost} of ${count(rights.length, 'judged right prediction')} wrong. Images that nobody judged count as labelled, so this is too high where mistakes alone were judged.`,
  )
}

function noiseAdjusted(
  { spec }: RatingRow,
  wrongs: readonly Judged[],
  rests: readonly Judged[],
): AccuracyForm {
  const { wrong, right } = spec.population
  if (wrongs.length < wrong)
    return none(
      `It needs all ${count(wrong, 'mistake')} judged; ${wrongs.length} are. Rate all mistakes of the run.`,
    )
  if (rests.length < Math.min(2, right))
    return none(
      'It needs a random sample of the right predictions, too: mistakes alone say nothing of labels that are wrong where the prediction is the same. Start a rating with some of them.',
    )
  const wrongRight = wrongs.filter(isRight).length
  const restRight = rests.filter(isRight).length
  if (right < 2) return form(wrongRight + restRight, wrong + right, 'All images were judged.')
  const { value, low, high } = stratifiedAccuracy({
    flagged: wrong,
    flaggedRight: wrongRight,
    rest: right,
    sampled: rests.length,
    sampledRight: restRight,
  })
  return {
    accuracy: { value, low, high },
    basis: `${wrongRight} of ${count(wrong, 'mistake')} and ${restRight} of ${count(rests.length, 'sampled right prediction')} judged right: (${wrongRight} + ${right} · ${restRight} ÷ ${rests.length}) ÷ ${wrong + right}. The interval is of the draw of the judged ones, for these images.`,
  }
}

function form(correct: number, total: number, basis: string): AccuracyForm {
  if (total === 0) return none('The run has no predictions.')
  const { value, low, high } = accuracyOf(correct, total)
  return { accuracy: { value, low, high }, basis }
}

function none(basis: string): AccuracyForm {
  return { accuracy: null, basis }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
