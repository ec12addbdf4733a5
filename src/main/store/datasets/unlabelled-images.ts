/** Images that their source gave without a label: those of any version, since one that was trained on has only those with labels. */
import { identityOf } from '../../../domain/labels/label-log'
import { unlabelledName } from '../../../domain/labels/unlabelled'
import { statement, type Db } from '../statement'

export interface UnlabelledImage {
  readonly imageId: number
  readonly key: string
  /** Lower-case hex. */
  readonly contentHash: string
  /** width ÷ height */
  readonly aspect: number
}

/** Whether they have labels by now or not; in the order of their import. Of each path the newest. */
export function unlabelledImages(db: Db, datasetId: number): UnlabelledImage[] {
  return statement<UnlabelledImage>(
    db,
    `SELECT max(images.id) AS imageId, path AS key, lower(hex(content_hash)) AS contentHash, 1.0 * width_px / height_px AS aspect
     FROM split_classes
       JOIN splits ON splits.id = split_classes.split_id
       JOIN classes ON classes.dataset_id = splits.dataset_id AND classes.class_index = split_classes.class_index
       JOIN split_images ON split_images.split_id = splits.id
       JOIN images ON images.id = image_id AND images.class_index = split_classes.class_index
     WHERE splits.dataset_id = ? AND coalesce(split_classes.name, classes.name) = ?
     GROUP BY path ORDER BY imageId`,
  ).all(datasetId, unlabelledName)
}

/** By `identityOf`. */
export function unlabelledIdentities(db: Db, datasetId: number): Set<string> {
  return new Set(unlabelledImages(db, datasetId).map(identityOf))
}
