/** The images that a prediction set is of, as another set can be held to them. */
import { statement, type Db } from '../statement'

export interface EvaluatedImage {
  readonly imageId: number
  readonly key: string
  readonly contentHash: string
  readonly aspect: number
}

/** In the order given; without those that are gone. One page of a few thousand at a time: SQLite is asked once an image. */
export function evaluatedImages(db: Db, imageIds: Iterable<number>): EvaluatedImage[] {
  const select = statement<EvaluatedImage>(
    db,
    `SELECT id AS imageId, path AS key, lower(hex(content_hash)) AS contentHash, 1.0 * width_px / height_px AS aspect
     FROM images WHERE id = ?`,
  )
  const found: EvaluatedImage[] = []
  for (const id of imageIds) {
    const image = select.get(id)
    if (image !== undefined) found.push(image)
  }
  return found
}

/** The sealed set of a run for a part: its results where they are of that part, else the newest. null where it has none. */
export function setOfPart(db: Db, runId: number, partCode: number): number | null {
  return (
    statement<{ id: number }>(
      db,
      `SELECT prediction_sets.id FROM prediction_sets JOIN runs ON runs.id = run_id
       WHERE run_id = ? AND part = ? AND sha256 IS NOT NULL
       ORDER BY prediction_sets.id = result_set_id DESC, prediction_sets.checkpoint_step DESC, prediction_sets.id DESC LIMIT 1`,
    ).get(runId, partCode)?.id ?? null
  )
}

/** What the classes of a run are called, by their indices. */
export function splitOfSet(db: Db, setId: number): { datasetId: number; splitId: number } | null {
  return (
    statement<{ datasetId: number; splitId: number }>(
      db,
      `SELECT dataset_id AS datasetId, split_id AS splitId FROM prediction_sets
         JOIN dataset_versions ON dataset_versions.id = version_id WHERE prediction_sets.id = ?`,
    ).get(setId) ?? null
  )
}
