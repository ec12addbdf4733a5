/** Boxes of images. They belong to an image's row: versions that share it share them. */
import type { ImageBox } from '../../../contract/entities/dataset'
import type { ImageBoxes } from '../../datasets/scan-result'
import { statement, type Db } from '../statement'

/** In the order of the source. */
export function listBoxes(db: Db, imageId: number): ImageBox[] {
  return statement<BoxRow>(
    db,
    `SELECT class_name, x_px, y_px, width_px, height_px, is_crowd FROM image_boxes WHERE image_id = ? ORDER BY position`,
  )
    .all(imageId)
    .map((row) => ({
      className: row.class_name,
      xPx: row.x_px,
      yPx: row.y_px,
      widthPx: row.width_px,
      heightPx: row.height_px,
      isCrowd: row.is_crowd === 1,
    }))
}

/** Of a row of `images`, read when they are wanted; undefined where it has none. */
export function storedBoxes(
  db: Db,
  { id, boxes_hash: hash }: { readonly id: number; readonly boxes_hash: Buffer | null },
): ImageBoxes | undefined {
  return hash === null ? undefined : { hash: hash.toString('hex'), read: () => listBoxes(db, id) }
}

/** Within a transaction. */
export function insertBoxes(db: Db, imageId: number, boxes: readonly ImageBox[]): void {
  const insert = statement(
    db,
    `INSERT INTO image_boxes (image_id, position, class_name, x_px, y_px, width_px, height_px, is_crowd)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const [position, { className, xPx, yPx, widthPx, heightPx, isCrowd }] of boxes.entries())
    insert.run(imageId, position, className, xPx, yPx, widthPx, heightPx, isCrowd ? 1 : 0)
}

interface BoxRow {
  class_name: string
  x_px: number
  y_px: number
  width_px: number
  height_px: number
  is_crowd: number
}
