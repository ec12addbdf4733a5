/** Datasets: one row each, with the facts counted at the import; their classes, problems and images. */
import type {
  Dataset,
  DatasetClass,
  DatasetDetail,
  Problem,
  Split,
  SplitOptions,
  SplitPart,
} from '../../contract/entities/dataset'
import { activeRunStates } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { ScannedImage, ScanResult } from '../datasets/scan-result'
import { assignSplit } from '../../domain/split'
import type { JobImages } from '../protocol/messages'
import type { SourceAddress } from '../sources/source'
import { versionOfSplit } from './dataset-versions'
import { imageNow, insertImages } from './images'
import { keptEnds } from './kept-ends'
import { optionsOf, sourceOf, type SourceRow } from './source-row'
import { inTransaction, statement, type Db } from './statement'
import { classNamesOf, datasetDeleted, insertSplit, splitImages } from './splits'
import { partCode, partOfCode } from './split-parts'

export interface NewDataset {
  readonly name: string
  readonly createdAtMs: number
  readonly scan: ScanResult
  readonly splitOptions: SplitOptions
}

/** All of it or nothing, in one transaction. Returns the id; throws 'name-taken', 'disk-full'. */
export function insertDataset(db: Db, dataset: NewDataset): number {
  const { scan } = dataset
  return inTransaction(db, () => {
    if (statement(db, 'SELECT 1 FROM datasets WHERE name = ?').get(dataset.name) !== undefined) {
      throw new WorkbenchError(
        'name-taken',
        `There is already a dataset named "${dataset.name}".`,
        'Give this import another name, or remove the old dataset first.',
      )
    }
    const { images } = scan
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO datasets (name, source_kind, root_path, folder_choice, source_options, created_at_ms, image_count, class_count, problem_count,
         median_width_px, median_height_px, byte_count, rotated_count)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      dataset.name,
      scan.source.kind,
      scan.source.path,
      scan.source.folders ?? null,
      optionsOf(scan.source),
      dataset.createdAtMs,
      ...importFacts(images, scan.classNames.length, scan.problems.length),
    )
    const datasetId = Number(lastInsertRowid)
    insertClasses(db, datasetId, scan.classNames, 0)
    insertProblems(db, datasetId, scan.problems)
    const firstId = insertImages(db, datasetId, images)
    const splitId = insertSplit(db, datasetId, {
      options: dataset.splitOptions,
      classNames: scan.classNames,
      ...scan.split,
      images,
      imageIds: Array.from(images, (_, index) => firstId + index),
    })
    versionOfSplit(db, splitId, dataset.createdAtMs)
    return datasetId
  })
}

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

/** Of the current version, counted once, in the order of the columns from image_count to rotated_count. */
export function importFacts(
  images: readonly Pick<ScannedImage, 'widthPx' | 'heightPx' | 'byteCount' | 'orientation'>[],
  classCount: number,
  problemCount: number,
): number[] {
  return [
    images.length,
    classCount,
    problemCount,
    median(images.map((image) => image.widthPx)),
    median(images.map((image) => image.heightPx)),
    images.reduce((sum, image) => sum + image.byteCount, 0),
    images.reduce((count, image) => count + (image.orientation === 1 ? 0 : 1), 0),
  ]
}

/** Oldest first. */
export function listDatasets(db: Db): Dataset[] {
  return statement<DatasetRow>(db, `${selectDatasets} ORDER BY datasets.id`).all().map(toDataset)
}

/** Throws 'not-found'. */
export function getDataset(db: Db, id: number): DatasetDetail {
  const row = statement<DatasetRow>(db, `${selectDatasets} WHERE datasets.id = ?`).get(id)
  if (row === undefined) throw new WorkbenchError('not-found', `There is no dataset with the number ${id}.`)
  const dataset = toDataset(row)
  return { ...dataset, classes: listClasses(db, id, dataset.split.id) }
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

/**
 * Divides the images anew and makes that the dataset's split; runs keep the one they used. The same division again is the
 * same split. Throws 'unsupported' where the folders decide all three parts, 'not-found'.
 */
export function setSplit(
  db: Db,
  datasetId: number,
  options: SplitOptions,
  nowMs: number = Date.now(),
): DatasetDetail {
  return inTransaction(db, () => {
    const { split, classes } = getDataset(db, datasetId)
    if (split.origin === 'folders') {
      throw new WorkbenchError(
        'unsupported',
        'The dataset sets its split itself: it says of each image whether it trains, validates or tests.',
        'Change that where the images are, and import the dataset again.',
      )
    }
    const images = splitImages(db, datasetId)
    const splitId = insertSplit(db, datasetId, {
      options,
      classNames: classes.map(({ name }) => name),
      ...assignSplit(images, options),
      images,
      imageIds: images.map(({ id }) => id),
    })
    versionOfSplit(db, splitId, nowMs)
    return getDataset(db, datasetId)
  })
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

interface DatasetRow {
  id: number
  name: string
  root_path: string
  created_at_ms: number
  image_count: number
  class_count: number
  problem_count: number
  note_count: number
  median_width_px: number
  median_height_px: number
  byte_count: number
  rotated_count: number
  version_number: number
  version_count: number
  split_id: number
  origin: Split['origin']
  own_val: number
  own_test: number
  val_fraction: number
  test_fraction: number
  seed: number
  hash: string
  train: number
  val: number
  test: number
  same_in_classes: number
  same_in_parts: number
  run_count: number
}

const heldOutParts = ['val', 'test'] as const

/** Whether the folders gave a held-out part: they give all of it or nothing, so one image tells. Not where their parts were not used. */
function isOwn(part: SplitPart): string {
  return `(origin <> 'seeded' AND (SELECT folder_part FROM split_images JOIN images ON images.id = image_id
      WHERE split_id = splits.id AND part = ${partCode(part)} LIMIT 1) IS ${partCode(part)})`
}

const selectDatasets = `
  SELECT datasets.*, splits.id AS split_id, origin, val_fraction, test_fraction, seed, hash,
    (SELECT sum(train_count) FROM split_classes WHERE split_id = splits.id) AS train,
    (SELECT sum(val_count) FROM split_classes WHERE split_id = splits.id) AS val,
    (SELECT sum(test_count) FROM split_classes WHERE split_id = splits.id) AS test,
    ${heldOutParts.map((part) => `${isOwn(part)} AS own_${part}`).join(',\n    ')},
    (SELECT count(*) FROM problems WHERE dataset_id = datasets.id AND severity = 'note') AS note_count,
    (SELECT count(*) FROM same_bytes WHERE split_id = splits.id AND other = 'classes') AS same_in_classes,
    (SELECT count(*) FROM same_bytes WHERE split_id = splits.id AND other = 'parts') AS same_in_parts,
    (SELECT count(*) FROM dataset_versions WHERE dataset_versions.dataset_id = datasets.id AND dataset_versions.split_id <= splits.id)
      AS version_number,
    (SELECT count(*) FROM dataset_versions WHERE dataset_versions.dataset_id = datasets.id) AS version_count,
    (SELECT count(*) FROM runs WHERE runs.dataset_id = datasets.id) AS run_count
  FROM datasets JOIN splits ON splits.id = datasets.current_split_id`

function toDataset(row: DatasetRow): Dataset {
  return {
    id: row.id,
    name: row.name,
    rootPath: row.root_path,
    createdAtMs: row.created_at_ms,
    imageCount: row.image_count,
    classCount: row.class_count,
    problemCount: row.problem_count,
    noteCount: row.note_count,
    medianWidthPx: row.median_width_px,
    medianHeightPx: row.median_height_px,
    byteCount: row.byte_count,
    rotatedCount: row.rotated_count,
    split: {
      id: row.split_id,
      origin: row.origin,
      own: heldOutParts.filter((part) => row[`own_${part}`] === 1),
      options: { valFraction: row.val_fraction, testFraction: row.test_fraction, seed: row.seed },
      hash: row.hash,
      counts: { train: row.train, val: row.val, test: row.test },
    },
    sameBytes: { classes: row.same_in_classes, parts: row.same_in_parts },
    versionNumber: row.version_number,
    versionCount: row.version_count,
    runCount: row.run_count,
  }
}

/** The lower of the two middle values; 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[(sorted.length - 1) >> 1] ?? 0
}
