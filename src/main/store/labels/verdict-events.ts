/** Who is right, as people say in Mistakes: a log; of each image under a prediction and a label the newest answer of each rater holds. */
import type { Answer } from '../../../contract/entities/rating'
import { statement, type Db } from '../statement'

export interface VerdictEvent {
  readonly atMs: number
  readonly rater: string
  readonly contentHash: string
  readonly prediction: string
  readonly label: string
  /** '': an earlier answer is taken back. */
  readonly answer: Answer | ''
}

/** On disk when this returns. */
export function addVerdictEvent(db: Db, event: VerdictEvent): void {
  const { atMs, rater, contentHash, prediction, label, answer } = event
  statement(
    db,
    'INSERT INTO verdict_events (at_ms, rater, content_hash, prediction, label, answer) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(atMs, rater, Buffer.from(contentHash, 'hex'), prediction, label, answer)
}

/** Those that hold, of the images of a dataset. */
export function verdictsSaid(
  db: Db,
  datasetId: number,
): (Omit<VerdictEvent, 'contentHash' | 'answer'> & { imageId: number; answer: Answer })[] {
  return statement<Omit<VerdictEvent, 'contentHash' | 'answer'> & { imageId: number; answer: Answer }>(
    db,
    `SELECT at_ms AS atMs, rater, images.id AS imageId, prediction, label, answer FROM verdict_events
       JOIN images ON images.dataset_id = ? AND images.content_hash = verdict_events.content_hash
     WHERE answer <> '' AND verdict_events.id IN
       (SELECT max(id) FROM verdict_events GROUP BY content_hash, prediction, label, rater)`,
  ).all(datasetId)
}
