/** A dataset as it is imported. */
import type { SplitOptions } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { atOnce, type InTurns } from '../../../domain/in-turns'
import type { ScanResult } from '../../datasets/scan-result'
import { makingVersion } from './new-version'
import { folderChoiceOf, optionsOf } from './source-row'
import { statement, type Db } from '../statement'

export interface NewDataset {
  readonly name: string
  readonly createdAtMs: number
  readonly scan: ScanResult
  readonly splitOptions: SplitOptions
}

/** All of it or nothing. Returns the id; throws 'name-taken', 'disk-full'. */
export function insertDataset(db: Db, dataset: NewDataset): number {
  return atOnce(makingDataset(db, dataset))
}

/** Nobody sees it before all of it is there. */
export function* makingDataset(db: Db, dataset: NewDataset): InTurns<number> {
  const { scan, createdAtMs } = dataset
  let datasetId = 0
  yield* makingVersion(db, {
    base: { makeDataset: () => (datasetId = insertRow(db, dataset)) },
    classNames: scan.classNames,
    images: scan.images,
    split: { ...scan.split, options: dataset.splitOptions },
    problems: scan.problems,
    counts: null,
    createdAtMs,
  })
  return datasetId
}

/** Its figures come with its first version. */
function insertRow(db: Db, { name, createdAtMs, scan: { source } }: NewDataset): number {
  if (statement(db, 'SELECT 1 FROM datasets WHERE name = ?').get(name) !== undefined) {
    throw new WorkbenchError(
      'name-taken',
      `There is already a dataset named "${name}".`,
      'Give this import another name, or remove the old dataset first.',
    )
  }
  const { lastInsertRowid } = statement(
    db,
    `INSERT INTO datasets (name, source_kind, root_path, folder_choice, source_options, created_at_ms, image_count, class_count, problem_count,
       median_width_px, median_height_px, byte_count, rotated_count) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)`,
  ).run(name, source.kind, source.path, folderChoiceOf(source), optionsOf(source), createdAtMs)
  return Number(lastInsertRowid)
}
