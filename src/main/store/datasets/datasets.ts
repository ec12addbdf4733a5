/** Datasets: one row each, with the facts counted at the import; their classes, problems and images. */
import type {
  DamagedDataset,
  Dataset,
  DatasetClass,
  DatasetDetail,
  Problem,
  SplitPart,
} from '../../../contract/entities/dataset'
import { activeRunStates } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import type { JobImages } from '../../protocol/messages'
import type { SourceAddress } from '../../sources/source'
import { selectDatasets, toDataset, type DatasetRow } from './dataset-row'
import { imageNow } from './images'
import { keptEnds } from '../runs/kept-ends'
import { readDatasets } from './read-datasets'
import { sourceOf, type SourceRow } from './source-row'
import { inTransaction, statement, type Db } from '../statement'
import { classNamesOf, datasetDeleted } from './splits'
import { partOfCode } from './split-parts'

/** Their indices follow one another from `firstIndex` on. Within a transaction, as all that is inserted here. */
export function insertClasses(db: Db, datasetId: number, names: readonly string[], firstIndex: number): void {
  const insert = statement(db, 'INSERT INTO classes (dataset_id, class_index, name) VALUES (?, ?, ?)')
  names.forEach((name, index) => insert.run(datasetId, firstIndex + index, name))
}

export function insertProblems(db: Db, datasetId: number, problems: readonly Problem[]): void {
  const insert = statement(
    db,
    'INSERT INTO problems (dataset_id, severity, code, path, message) VALUES (?, ?, ?, ?, ?)',
  )
  for (const { severity, code, path, message } of problems)
    insert.run(datasetId, severity, code, path, message)
}

/** Oldest first, without the damaged ones. Throws 'home-broken' where none can be read. */
export function listDatasets(db: Db): Dataset[] {
  return readDatasets(db).filter((found): found is Dataset => !('reason' in found))
}

/** Those whose rows cannot be read; nothing else of them can be said. */
export function listDamagedDatasets(db: Db): DamagedDataset[] {
  return readDatasets(db).filter((found): found is DamagedDataset => 'reason' in found)
}

/** Throws 'not-found', 'home-broken' where its row is damaged. */
export function getDataset(db: Db, id: number): DatasetDetail {
  const row = statement<DatasetRow>(db, `${selectDatasets} WHERE datasets.id = ?`).get(id)
  if (row === undefined) throw new WorkbenchError('not-found', `There is no dataset with the number ${id}.`)
  const dataset = toDataset(row)
  const { folders, columns } = datasetSource(db, id)
  return {
    ...{ ...dataset, classes: listClasses(db, id, dataset.split.id) },
    ...(folders !== undefined && { folders }),
    ...(columns !== undefined && { columns }),
  }
}

/** Where its images come from, without the targets of links. Throws 'not-found'. */
export function datasetSource(db: Db, id: number): SourceAddress {
  const row = statement<SourceRow>(db, datasetSourceSql).get(id)
  if (row !== undefined) return sourceOf(row)
  throw new WorkbenchError('not-found', `There is no dataset with the number ${id}.`)
}

const datasetSourceSql =
  'SELECT source_kind, root_path, folder_choice, source_options FROM datasets WHERE id = ?'

/** Where its images are from now on, for all its versions. */
export function setSource(db: Db, id: number, { kind, path }: SourceAddress): void {
  inTransaction(db, () =>
    statement(db, 'UPDATE datasets SET source_kind = ?, root_path = ? WHERE id = ?').run(kind, path, id),
  )
}

/** Forgets dataset, splits, runs and all that hangs on them; the images are not touched. Throws 'busy', 'not-found'. */
export function deleteDataset(db: Db, id: number): void {
  inTransaction(db, () => {
    const active = statement<{ id: number; name: string }>(
      db,
      `SELECT id, name FROM runs WHERE dataset_id = ? AND state IN (${activeRunStates.map((state) => `'${state}'`).join()})`,
    )
      .all(id)
      .find((run) => !keptEnds(db).has(run.id))
    if (active !== undefined) {
      throw new WorkbenchError(
        'busy',
        `The run "${active.name}" is training on this dataset.`,
        'Stop the run, or wait until it ends.',
      )
    }
    const { changes } = statement(db, 'DELETE FROM datasets WHERE id = ?').run(id)
    if (changes === 0) throw new WorkbenchError('not-found', `There is no dataset with the number ${id}.`)
  })
}

/** Errors first, then notes, each in the order of the scan. */
export function listProblems(
  db: Db,
  datasetId: number,
  offset: number,
  limit: number,
): { total: number; problems: Problem[] } {
  const total =
    statement<{ total: number }>(db, 'SELECT count(*) AS total FROM problems WHERE dataset_id = ?').get(
      datasetId,
    )?.total ?? 0
  const problems = statement<Problem>(
    db,
    `SELECT path, severity, code, message FROM problems WHERE dataset_id = ?
     ORDER BY severity, id LIMIT ? OFFSET ?`,
  ).all(datasetId, limit, offset)
  return { total, problems }
}

/** What a trainer needs to read the images of a split, each part in the order of the import. Throws 'not-found'. */
export function jobImages(
  db: Db,
  splitId: number,
): { source: SourceAddress; classNames: string[]; images: Record<SplitPart, JobImages> } {
  const split = statement<{ dataset_id: number }>(db, 'SELECT dataset_id FROM splits WHERE id = ?').get(
    splitId,
  )
  if (split === undefined) throw datasetDeleted()
  const columns = () => ({ ids: [] as number[], keys: [] as string[], labelIndices: [] as number[] })
  const images = { train: columns(), val: columns(), test: columns() }
  const links: (readonly [string, string])[] = []
  // Prepared for this once: an iterated statement is busy until its end.
  for (const row of db
    .prepare<
      [number],
      { id: number; path: string; class_index: number; part: number; link_target: string | null }
    >(jobImagesSql)
    .iterate(splitId)) {
    const part = images[partOfCode(row.part)]
    part.ids.push(row.id)
    part.keys.push(row.path)
    part.labelIndices.push(row.class_index)
    if (row.link_target !== null) links.push([row.path, row.link_target])
  }
  return {
    source: { ...datasetSource(db, split.dataset_id), ...(links.length > 0 && { links }) },
    classNames: classNamesOf(db, splitId),
    images,
  }
}

/** Of a version that is not the current one, an image is read where its content is now, unless that is where it was. */
export const jobImagesSql = `
  SELECT images.id, present.path, images.class_index, present.link_target, split_images.part
  FROM split_images JOIN images ON images.id = split_images.image_id JOIN datasets ON datasets.id = images.dataset_id
    JOIN images AS present ON present.id = ${imageNow('split_images.split_id')}
  WHERE split_images.split_id = ? ORDER BY split_images.part, split_images.image_id`

function listClasses(db: Db, datasetId: number, splitId: number): DatasetClass[] {
  return statement<{ class_index: number; name: string; train: number; val: number; test: number }>(
    db,
    `SELECT classes.class_index, coalesce(split_classes.name, classes.name) AS name, train_count AS train, val_count AS val, test_count AS test
     FROM classes JOIN split_classes USING (class_index)
     WHERE dataset_id = ? AND split_id = ? ORDER BY class_index`,
  )
    .all(datasetId, splitId)
    .map(({ class_index, name, train, val, test }) => ({
      index: class_index,
      name,
      counts: { train, val, test },
    }))
}

/** Where the images of each dataset lie, damaged or not. */
export function datasetPlaces(db: Db): { readonly name: string; readonly path: string }[] {
  return statement<{ name: string; path: string }>(
    db,
    'SELECT name, root_path AS path FROM datasets ORDER BY name',
  ).all()
}
