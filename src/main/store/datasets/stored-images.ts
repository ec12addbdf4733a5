/** The images of a dataset's current version as its source gave them, to be held to what the source has now. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { InTurns } from '../../../domain/in-turns'
import type { ScannedImage } from '../../datasets/scan-result'
import { currentSplit } from '../column-pages'
import { imageFacts, type FactsRow } from './images'
import { storedBoxes } from './image-boxes'
import { partOfCode } from './split-parts'
import { inTransaction, statement, type Db } from '../statement'

export interface StoredImage extends ScannedImage {
  readonly id: number
  readonly className: string
  readonly part: SplitPart
}

/** In the order of their ids. Throws 'not-found' where there is no such dataset. */
export function* readingStored(db: Db, datasetId: number): InTurns<StoredImage[]> {
  const { splitId } = currentSplit(db, datasetId)
  const images: StoredImage[] = []
  for (const part of [0, 1, 2]) {
    for (let after = 0; ;) {
      const rows = statement<Row>(db, pageSql).all(splitId, part, after, imagesAtOnce)
      for (const row of rows) images.push(toStored(db, row))
      if (rows.length < imagesAtOnce) break
      after = rows.at(-1)?.id ?? Infinity
      yield
    }
  }
  return images.sort((one, other) => one.id - other.id)
}

/** Between two pauses: some ten milliseconds. */
const imagesAtOnce = 1000

/** CROSS JOIN keeps this order: the index of a split's parts gives the rows sorted. */
const pageSql = `
  SELECT images.*, lower(hex(content_hash)) AS hash, coalesce(split_classes.name, classes.name) AS class_name, part
  FROM split_images CROSS JOIN images ON images.id = image_id
    CROSS JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
    CROSS JOIN split_classes ON split_classes.split_id = split_images.split_id AND split_classes.class_index = images.class_index
  WHERE split_images.split_id = ? AND part = ? AND image_id > ? ORDER BY image_id LIMIT ?`

function toStored(db: Db, row: Row): StoredImage {
  return {
    id: row.id,
    key: row.path,
    linkTarget: row.link_target,
    classIndex: row.class_index,
    className: row.class_name,
    folderPart: row.folder_part === null ? null : partOfCode(row.folder_part),
    part: partOfCode(row.part),
    ...imageFacts(row),
    modifiedMs: row.modified_ms,
    boxes: storedBoxes(db, row),
  }
}

/** Its id; null where the split has no image with that path. */
export function imageByPath(
  db: Db,
  { datasetId, splitId }: { datasetId: number; splitId: number },
  path: string,
): number | null {
  return (
    statement<{ id: number }>(
      db,
      `SELECT images.id FROM images JOIN split_images ON image_id = images.id AND split_id = ?
       WHERE dataset_id = ? AND path = ? LIMIT 1`,
    ).get(splitId, datasetId, path)?.id ?? null
  )
}

/** Lower-case hex, by id. */
export function contentHashes(db: Db, imageIds: readonly number[]): string[] {
  const hashOf = statement<{ hash: string }>(
    db,
    'SELECT lower(hex(content_hash)) AS hash FROM images WHERE id = ?',
  )
  return imageIds.map((id) => hashOf.get(id)?.hash ?? '')
}

/** The time of a file whose content is still that of the import, so that it need not be read again to know that. */
export function keepFileTimes(
  db: Db,
  files: readonly { readonly id: number; readonly modifiedMs: number }[],
): void {
  if (files.length === 0) return
  const update = statement(db, 'UPDATE images SET modified_ms = ? WHERE id = ?')
  inTransaction(db, () => {
    for (const { id, modifiedMs } of files) update.run(modifiedMs, id)
  })
}

interface Row extends FactsRow {
  id: number
  path: string
  link_target: string | null
  class_index: number
  class_name: string
  folder_part: number | null
  part: number
  modified_ms: number
  boxes_hash: Buffer | null
}
