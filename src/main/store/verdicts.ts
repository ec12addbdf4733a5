/** What raters together say of images of a dataset: of an image by its content, under a prediction and a label, in whichever rating it was said. */
import type { ImageVerdict } from '../../contract/entities/rating'
import { noVotes, verdictOf } from '../../domain/raters/verdict'
import { answersOf, slotNumber, type RatingAnswer } from './rating-answers'
import { statement, type Db } from './statement'

/** Of a rater who said something in two ratings, the newer counts. `pause` lets others come in between. */
export async function verdictsOfDataset(
  db: Db,
  datasetId: number,
  pause: () => Promise<void>,
): Promise<ImageVerdict[]> {
  const said = new Map<
    string,
    Omit<ImageVerdict, 'verdict' | 'votes'> & { raters: Map<string, RatingAnswer> }
  >()
  for (const { id } of statement<{ id: number }>(
    db,
    'SELECT id FROM ratings WHERE EXISTS (SELECT 1 FROM rating_answers WHERE rating_id = ratings.id) ORDER BY id',
  ).all()) {
    const answers = answersOf(db, id)
    for (const { position, imageId, prediction, label } of imagesIn(db, id, datasetId)) {
      const key = JSON.stringify([imageId, prediction, label])
      for (const [rater, own] of answers) {
        const answer = own.get(slotNumber({ position, isControl: false }))
        if (answer === undefined || answer.answer === '') continue
        const known = said.get(key) ?? { imageId, prediction, label, raters: new Map<string, RatingAnswer>() }
        said.set(key, known)
        if ((known.raters.get(rater)?.atMs ?? -1) < answer.atMs) known.raters.set(rater, answer)
      }
    }
    await pause()
  }
  return [...said.values()].flatMap(({ raters, ...image }) => {
    const votes = noVotes()
    for (const { answer } of raters.values()) if (answer !== '') votes[answer]++
    const verdict = verdictOf(votes)
    return verdict === null ? [] : [{ ...image, verdict, votes }]
  })
}

function imagesIn(
  db: Db,
  ratingId: number,
  datasetId: number,
): { position: number; imageId: number; prediction: string; label: string }[] {
  return statement<{ position: number; imageId: number; prediction: string; label: string }>(
    db,
    `SELECT position, images.id AS imageId, prediction, label FROM rating_images
       JOIN images ON images.dataset_id = ? AND images.content_hash = rating_images.content_hash
     WHERE rating_id = ?`,
  ).all(datasetId, ratingId)
}
