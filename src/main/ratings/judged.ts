/** The images of a rating with what was said of each. */
import type { JudgedImage, Rating, RaterFigures } from '../../contract/entities/rating'
import { controlCount } from '../../domain/raters/sitting'
import { commonLabel, noVotes, verdictOf } from '../../domain/raters/verdict'
import { answersOf, slotNumber } from '../store/labels/rating-answers'
import { imageIdOf, ratingImages, type RatingImage, type RatingRow } from '../store/labels/ratings'
import type { Db } from '../store/statement'

export interface Judged extends Omit<JudgedImage, 'imageId'> {
  readonly image: RatingImage
}

/** By position. */
export function judgedImages(db: Db, ratingId: number): Judged[] {
  const raters = [...answersOf(db, ratingId).values()]
  return ratingImages(db, ratingId).map((image, position) => {
    const votes = noVotes()
    const written: string[] = []
    const notes: string[] = []
    let count = 0
    for (const answers of raters) {
      const said = answers.get(slotNumber({ position, isControl: false }))
      if (said === undefined || said.answer === '') continue
      votes[said.answer]++
      count++
      written.push(said.freeLabel)
      if (said.note !== '') notes.push(said.note)
    }
    const { path, aspect, prediction, label } = image
    return {
      ...{ image, position, path, aspect, prediction, label, votes, notes },
      verdict: verdictOf(votes),
      freeLabel: commonLabel(written, count),
    }
  })
}

/** Whether the raters together call the prediction right; where they are unsure, the label stands. */
export function isRight({ image, verdict }: Pick<Judged, 'image' | 'verdict'>): boolean {
  if (verdict === 'unsure') return image.prediction === image.label
  return verdict === 'prediction' || verdict === 'both'
}

export function withImageId(
  db: Db,
  { datasetId }: Pick<RatingRow, 'datasetId'>,
  { image, ...judged }: Judged,
): JudgedImage {
  return { ...judged, imageId: imageIdOf(db, datasetId, image) }
}

/** Without the names of the classes, which may be thousands: the contract leaves them out. */
export function ratingOf(db: Db, row: RatingRow): Rating {
  const { id, name, createdAtMs, datasetId, runId, imageCount, spec } = row
  const controls = controlCount(imageCount, spec.controls)
  return {
    ...{ id, name, createdAtMs, datasetId, runId, imageCount },
    controlCount: controls,
    spec,
    raters: raterFigures(db, row).map(({ name: rater, done, total }) => ({ name: rater, done, total })),
  }
}

/** In the order of their first answers. */
export function raterFigures(db: Db, { id, imageCount, spec }: RatingRow): RaterFigures[] {
  const total = imageCount + controlCount(imageCount, spec.controls)
  return [...answersOf(db, id)].map(([name, answers]) => {
    const votes = noVotes()
    const controls = { same: 0, count: 0 }
    let done = 0
    for (const said of answers.values()) {
      if (said.answer === '') continue
      done++
      if (!said.isControl) {
        votes[said.answer]++
        continue
      }
      const first = answers.get(slotNumber({ ...said, isControl: false }))?.answer ?? ''
      if (first === '') continue
      controls.count++
      if (first === said.answer) controls.same++
    }
    return { name, done, total, votes, controls }
  })
}
