/** Splits: which image trains, validates, tests. One never changes once it is there; runs refer to it. */
import type { Split, SplitOptions } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { statement, type Db } from '../statement'

export interface NewSplit {
  readonly origin: Split['origin']
  readonly options: SplitOptions
  /** `hashingSplit` of its images. */
  readonly hash: string
  /** What the classes are called in it, by their indices; and how many images of each are in train, val, test. */
  readonly classNames: readonly string[]
  readonly countsOfClass: readonly (readonly number[])[]
}

/** Without its images. Returns its id. Within a transaction. */
export function insertSplit(
  db: Db,
  datasetId: number,
  { origin, options, hash, classNames, countsOfClass }: NewSplit,
): number {
  const { lastInsertRowid } = statement(
    db,
    'INSERT INTO splits (dataset_id, origin, val_fraction, test_fraction, seed, hash) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(datasetId, origin, options.valFraction, options.testFraction, options.seed, hash)
  const splitId = Number(lastInsertRowid)
  const insertCounts = statement(
    db,
    `INSERT INTO split_classes (split_id, class_index, train_count, val_count, test_count, name)
     SELECT ?, class_index, ?, ?, ?, nullif(?, name) FROM classes WHERE dataset_id = ? AND class_index = ?`,
  )
  classNames.forEach((name, classIndex) => {
    insertCounts.run(splitId, ...(countsOfClass[classIndex] ?? [0, 0, 0]), name, datasetId, classIndex)
  })
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
