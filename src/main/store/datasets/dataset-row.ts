/** The row of a dataset: how it is asked for, what is made of it, and what of one that is damaged. */
import {
  datasetSchema,
  type DamagedDataset,
  type Dataset,
  type Split,
  type SplitPart,
} from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { sourceOf, type SourceRow } from './source-row'
import { partCode } from './split-parts'

export interface DatasetRow extends SourceRow {
  id: number
  name: string
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
  trashed_run_count: number
}

const heldOutParts = ['val', 'test'] as const

/** Whether the folders gave a held-out part: they give all of it or nothing, so one image tells. Not where their parts were not used. */
function isOwn(part: SplitPart): string {
  return `(origin <> 'seeded' AND (SELECT folder_part FROM split_images JOIN images ON images.id = image_id
      WHERE split_id = splits.id AND part = ${partCode(part)} LIMIT 1) IS ${partCode(part)})`
}

/** A dataset with what it shows of its current split; the split is null where the row names none that there is. */
export const selectDatasets = `
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
    (SELECT count(*) FROM runs WHERE runs.dataset_id = datasets.id AND deleted_at_ms IS NULL) AS run_count,
    (SELECT count(*) FROM runs WHERE runs.dataset_id = datasets.id AND deleted_at_ms IS NOT NULL) AS trashed_run_count
  FROM (SELECT * FROM datasets WHERE id NOT IN (SELECT dataset_id FROM version_drafts WHERE is_new = 1)) AS datasets
    LEFT JOIN splits ON splits.id = datasets.current_split_id`

/** Throws 'home-broken', naming the dataset, where the row is damaged. */
export function toDataset(row: DatasetRow): Dataset {
  const dataset = readDataset(row)
  if (!('reason' in dataset)) return dataset
  throw new WorkbenchError(
    'home-broken',
    `The dataset "${dataset.name}" (number ${dataset.id}) is damaged: ${dataset.reason}. Other datasets are not affected.`,
    'Remove it and import it again, or restore the database from a backup.',
  )
}

/** A damaged row costs that row: whatever cannot be read in it, the others can. */
export function readDataset(row: DatasetRow): Dataset | DamagedDataset {
  const damaged = (reason: string): DamagedDataset => ({ id: row.id, name: String(row.name), reason })
  const checked = datasetSchema.safeParse(datasetFields(row))
  if (!checked.success) {
    const field = checked.error.issues[0]?.path[0]
    return damaged(`its ${field === undefined ? 'row' : `"${String(field)}"`} is not what it should be`)
  }
  return hasSource(row) ? checked.data : damaged('where its images come from is not whole')
}

function hasSource(row: SourceRow): boolean {
  try {
    sourceOf(row)
    return true
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'home-broken') return false
    throw thrown
  }
}

/** As the row says it; nothing is checked. */
function datasetFields(row: DatasetRow): unknown {
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
    trashedRunCount: row.trashed_run_count,
    isUnlabelled: row.source_options !== null && String(row.source_options).includes('"unlabelled":true'),
  }
}
