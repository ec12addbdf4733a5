/** What raters together say of images of a dataset: of an image by its content, under a prediction and a label, in whichever rating or screen it was said. */
import type { Answer, ImageVerdict } from '../../../contract/entities/rating'
import { noVotes, verdictOf } from '../../../domain/raters/verdict'
import { answersOf, slotNumber } from './rating-answers'
import { statement, type Db } from '../statement'

type Judged = Pick<ImageVerdict, 'imageId' | 'prediction' | 'label'>

/** Of a rater who said something in two places, the newer counts. `own`: who is at this machine. `pause` lets others come in between. */
export async function verdictsOfDataset(
  db: Db,
  datasetId: number,
  pause: () => Promise<void>,
  own = '',
): Promise<ImageVerdict[]> {
  const said = new Map<string, Judged & { raters: Map<string, { atMs: number; answer: Answer | '' }> }>()
  const take = ({ imageId, prediction, label }: Judged, rater: string, atMs: number, answer: Answer | '') => {
    const key = JSON.stringify([imageId, prediction, label])
    const known = said.get(key) ?? { imageId, prediction, label, raters: new Map() }
    said.set(key, known)
    // Of what was said at one moment the last counts.
    if ((known.raters.get(rater)?.atMs ?? -1) <= atMs) known.raters.set(rater, { atMs, answer })
  }
  for (const { id } of statement<{ id: number }>(
    db,
    'SELECT id FROM ratings WHERE EXISTS (SELECT 1 FROM rating_answers WHERE rating_id = ratings.id) ORDER BY id',
  ).all()) {
    const answers = answersOf(db, id)
    for (const { position, ...image } of imagesIn(db, id, datasetId)) {
      for (const [rater, given] of answers) {
        const answer = given.get(slotNumber({ position, isControl: false }))
        if (answer !== undefined && answer.answer !== '') take(image, rater, answer.atMs, answer.answer)
      }
    }
    await pause()
  }
  for (const { rater, atMs, answer, ...image } of saidInMistakes(db, datasetId))
    take(image, rater, atMs, answer)
  return [...said.values()].flatMap(({ raters, ...image }) => {
    const votes = noVotes()
    for (const { answer } of raters.values()) if (answer !== '') votes[answer]++
    const verdict = verdictOf(votes)
    if (verdict === null) return []
    const said = raters.get(own)?.answer ?? ''
    return [{ ...image, verdict, votes, own: said === '' ? null : said }]
  })
}

function imagesIn(db: Db, ratingId: number, datasetId: number): (Judged & { position: number })[] {
  return statement<Judged & { position: number }>(
    db,
    `SELECT position, images.id AS imageId, prediction, label FROM rating_images
       JOIN images ON images.dataset_id = ? AND images.content_hash = rating_images.content_hash
     WHERE rating_id = ?`,
  ).all(datasetId, ratingId)
}

/** What stands of the verdicts in the logs of labels, of whichever dataset with the same contents; of each rater the newest, also where it takes one back. */
function saidInMistakes(
  db: Db,
  datasetId: number,
): (Judged & { atMs: number; rater: string; answer: Answer | '' })[] {
  return statement<Judged & { atMs: number; rater: string; answer: Answer | '' }>(
    db,
    `WITH standing AS (
       SELECT label_events.id, at_ms, by_whom, content_hash, prediction, from_class, value
       FROM label_events JOIN images ON images.id = image_id
       WHERE kind = 'verdict' AND NOT EXISTS (SELECT 1 FROM label_events AS undo WHERE undo.undoes = label_events.group_id
         AND NOT EXISTS (SELECT 1 FROM label_events AS redo WHERE redo.undoes = undo.id)))
     SELECT at_ms AS atMs, by_whom AS rater, images.id AS imageId, prediction, from_class AS label, value AS answer
     FROM standing JOIN images ON images.dataset_id = ? AND images.content_hash = standing.content_hash
     WHERE standing.id IN (SELECT max(id) FROM standing GROUP BY content_hash, prediction, from_class, by_whom)`,
  ).all(datasetId)
}
