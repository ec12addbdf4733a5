/** The images of a split with their contents, page by page: for what is worked out of each content. */
import { statement, type Db } from '../statement'

export interface ContentPlace {
  readonly id: number
  /** The source's name for it. */
  readonly key: string
  readonly linkTarget: string | null
  /** Lower-case hex. */
  readonly contentHash: string
}

/** In the order of their ids; `afterId`: that of the last image before. */
export function contentPage(db: Db, splitId: number, afterId: number, limit: number): ContentPlace[] {
  return statement<ContentPlace>(
    db,
    `SELECT images.id, path AS key, link_target AS linkTarget, lower(hex(content_hash)) AS contentHash
     FROM split_images JOIN images ON images.id = image_id
     WHERE split_id = ? AND image_id > ? ORDER BY image_id LIMIT ?`,
  ).all(splitId, afterId, limit)
}

/** The same with class and part, as the split has them. */
export function placedPage(
  db: Db,
  splitId: number,
  afterId: number,
  limit: number,
): { id: number; contentHash: string; classIndex: number; part: number }[] {
  return statement<{ id: number; contentHash: string; classIndex: number; part: number }>(
    db,
    `SELECT images.id, lower(hex(content_hash)) AS contentHash, class_index AS classIndex, part
     FROM split_images JOIN images ON images.id = image_id
     WHERE split_id = ? AND image_id > ? ORDER BY image_id LIMIT ?`,
  ).all(splitId, afterId, limit)
}
