/** Splits: which image trains, validates, tests. One never changes once it is there; runs refer to it. */
import type { Split, SplitOptions, SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { sameBytes, sameBytesKinds } from '../../domain/same-bytes'
import { splitHash, type SplitImage } from '../../domain/split'
import { partCode, partOfCode } from './split-parts'
import { statement, type Db } from './statement'

export interface NewSplit {
  readonly origin: Split['origin']
  readonly options: SplitOptions
  /** What the classes are called in it, by their indices. */
  readonly classNames: readonly string[]
  /** These three are aligned. */
  readonly parts: readonly SplitPart[]
  readonly images: readonly SplitImage[]
  readonly imageIds: readonly number[]
}

/** Makes the split the dataset's current one and returns its id; one that is there already is taken again. Within a transaction. */
export function insertSplit(db: Db, datasetId: number, split: NewSplit): number {
  const { valFraction, testFraction, seed } = split.options
  const facts = [
    datasetId,
    split.origin,
    valFraction,
    testFraction,
    seed,
    splitHash(split.images, split.parts),
  ]
  const sameFacts = statement<{ id: number }>(
    db,
    `SELECT id FROM splits WHERE dataset_id = ? AND origin = ? AND val_fraction = ? AND test_fraction = ?
       AND seed = ? AND hash = ?`,
  ).all(...facts)
  const same = sameFacts.find(({ id }) => isSame(db, id, split))
  const splitId = same?.id ?? insertRows(db, split, facts)
  statement(db, 'UPDATE datasets SET current_split_id = ? WHERE id = ?').run(splitId, datasetId)
  return splitId
}

/** In the order of their indices, as the version of the split calls them: a later one may have more, or other names. */
export function classNamesOf(db: Db, splitId: number): string[] {
  return statement<{ name: string }>(db, classNamesSql)
    .all(splitId)
    .map(({ name }) => name)
}

const classNamesSql = `
  SELECT coalesce(split_classes.name, classes.name) AS name FROM splits
    JOIN split_classes ON split_classes.split_id = splits.id
    JOIN classes ON classes.dataset_id = splits.dataset_id AND classes.class_index = split_classes.class_index
  WHERE splits.id = ? ORDER BY split_classes.class_index`

/** The same contents may be other images: those of a version before they moved; the same images may have classes with other names. */
function isSame(db: Db, splitId: number, { imageIds, classNames }: NewSplit): boolean {
  const names = classNamesOf(db, splitId)
  if (names.length !== classNames.length || names.some((name, index) => name !== classNames[index]))
    return false
  const ids = statement<{ image_id: number }>(db, 'SELECT image_id FROM split_images WHERE split_id = ?').all(
    splitId,
  )
  const wanted = new Set(imageIds)
  return ids.length === wanted.size && ids.every(({ image_id }) => wanted.has(image_id))
}

/** All images of a dataset's current version as a split sees them, in the order of their ids. */
export function splitImages(db: Db, datasetId: number): (SplitImage & { id: number })[] {
  return statement<{ id: number; hash: string; class_index: number; folder_part: number | null }>(
    db,
    `SELECT images.id, lower(hex(content_hash)) AS hash, class_index, folder_part
     FROM split_images JOIN images ON images.id = image_id
     WHERE split_id = (SELECT current_split_id FROM datasets WHERE id = ?) ORDER BY images.id`,
  )
    .all(datasetId)
    .map((row) => ({
      id: row.id,
      contentHash: row.hash,
      classIndex: row.class_index,
      folderPart: row.folder_part === null ? null : partOfCode(row.folder_part),
    }))
}

/** Work on a split takes a while between two looks at it. Throws 'not-found' where its dataset was deleted meanwhile. */
export function refuseDeletedDataset(db: Db, splitId: number): void {
  if (statement(db, 'SELECT 1 FROM splits WHERE id = ?').get(splitId) === undefined) throw datasetDeleted()
}

export function datasetDeleted(): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    'The dataset was removed before the run could start. The run was not started.',
    'Import it again, then start the run.',
  )
}

function insertRows(
  db: Db,
  { parts, images, imageIds, classNames }: NewSplit,
  facts: readonly unknown[],
): number {
  const { lastInsertRowid } = statement(
    db,
    'INSERT INTO splits (dataset_id, origin, val_fraction, test_fraction, seed, hash) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(...facts)
  const splitId = Number(lastInsertRowid)
  const insertImage = statement(db, 'INSERT INTO split_images (image_id, split_id, part) VALUES (?, ?, ?)')
  const countsOfClass: number[][] = []
  images.forEach(({ classIndex }, position) => {
    const code = partCode(parts[position] ?? 'train')
    insertImage.run(imageIds[position], splitId, code)
    const counts = (countsOfClass[classIndex] ??= [0, 0, 0])
    counts[code] = (counts[code] ?? 0) + 1
  })
  const insertSame = statement(db, 'INSERT INTO same_bytes (split_id, other, image_id) VALUES (?, ?, ?)')
  const same = sameBytes(images, parts)
  for (const kind of sameBytesKinds) {
    for (const position of same[kind]) insertSame.run(splitId, kind, imageIds[position])
  }
  const insertCounts = statement(
    db,
    `INSERT INTO split_classes (split_id, class_index, train_count, val_count, test_count, name)
     SELECT ?, class_index, ?, ?, ?, nullif(?, name) FROM classes WHERE dataset_id = ? AND class_index = ?`,
  )
  classNames.forEach((name, classIndex) => {
    insertCounts.run(splitId, ...(countsOfClass[classIndex] ?? [0, 0, 0]), name, facts[0], classIndex)
  })
  return splitId
}
