/** An image as the label log knows it. */
import { statement, type Db } from '../statement'

/** With the class of its newest version; null where there is no such image. */
export function contentAndClass(
  db: Db,
  imageId: number,
): { datasetId: number; imageId: number; key: string; contentHash: string; className: string } | null {
  return (
    statement<{ datasetId: number; imageId: number; key: string; contentHash: string; className: string }>(
      db,
      `SELECT images.dataset_id AS datasetId, images.id AS imageId, path AS key, lower(hex(content_hash)) AS contentHash,
         coalesce((SELECT name FROM split_classes WHERE split_classes.class_index = images.class_index AND split_id =
           coalesce((SELECT split_id FROM split_images WHERE image_id = images.id AND split_id = current_split_id),
             (SELECT max(split_id) FROM split_images WHERE image_id = images.id))), classes.name) AS className
       FROM images JOIN datasets ON datasets.id = images.dataset_id
         JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
       WHERE images.id = ?`,
    ).get(imageId) ?? null
  )
}

export interface VersionImage {
  readonly imageId: number
  readonly key: string
}

/** Images of the dataset's current version with that content, and images that were excluded from it. */
export function imagesOfContent(db: Db, datasetId: number, contentHash: string): VersionImage[] {
  return statement<VersionImage>(
    db,
    `SELECT max(id) AS imageId, path AS key FROM images WHERE dataset_id = ? AND content_hash = ?
       AND (id IN (SELECT image_id FROM label_events WHERE image_id = images.id AND kind <> 'verdict')
         OR EXISTS (SELECT 1 FROM split_images WHERE image_id = images.id
           AND split_id = (SELECT current_split_id FROM datasets WHERE id = dataset_id)))
     GROUP BY path ORDER BY path`,
  ).all(datasetId, Buffer.from(contentHash, 'hex'))
}
