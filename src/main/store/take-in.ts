/** A new version of a dataset from what its source has now. Rows of images are shared: one that is as it was in any version is that row. */
import type {
  DifferenceCounts,
  Problem,
  Split,
  SplitOptions,
  SplitPart,
} from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import type { ScannedImage } from '../datasets/scan-result'
import { getDataset, importFacts, insertClasses, insertProblems } from './datasets'
import { versionOfSplit } from './dataset-versions'
import { insertImages } from './images'
import { insertSplit } from './splits'
import { partOfCode } from './split-parts'
import { inTransaction, statement, type Db } from './statement'

export interface NewVersion {
  readonly datasetId: number
  /** That the parts were worked out from. */
  readonly splitId: number
  /** Of all classes, by their indices: those that the dataset has keep theirs, maybe under another name; new ones follow. */
  readonly classNames: readonly string[]
  readonly images: readonly ScannedImage[]
  readonly split: {
    readonly origin: Split['origin']
    readonly options: SplitOptions
    /** Aligned with `images`. */
    readonly parts: readonly SplitPart[]
  }
  readonly problems: readonly Problem[]
  readonly counts: DifferenceCounts
  /** Whether corrected labels are all that is new in it. */
  readonly ofLabels?: boolean
  readonly createdAtMs: number
}

/** All of it or nothing. Returns the version's id. Throws 'busy' where the dataset got another version meanwhile, 'not-found', 'disk-full'. */
export function insertVersion(db: Db, version: NewVersion): number {
  const { datasetId, images } = version
  return inTransaction(db, () => {
    const dataset = getDataset(db, datasetId)
    if (dataset.split.id !== version.splitId) {
      throw new WorkbenchError(
        'busy',
        `The dataset "${dataset.name}" got another version while its images were compared. Nothing was taken in.`,
        'Check it again.',
      )
    }
    const { classNames } = version
    // not those of the version alone: an earlier one may have had more
    const firstNew = classCount(db, datasetId)
    insertClasses(db, datasetId, freeNames(db, datasetId, classNames.slice(firstNew)), firstNew)
    const placed = imageIds(db, datasetId, images)
      .map((id, index) => ({ id, image: images[index], part: version.split.parts[index] ?? 'train' }))
      .flatMap(({ id, image, part }) => (image === undefined ? [] : [{ id, image, part }]))
      .sort((one, other) => one.id - other.id)
    const splitId = insertSplit(db, datasetId, {
      origin: version.split.origin,
      options: version.split.options,
      classNames,
      parts: placed.map(({ part }) => part),
      images: placed.map(({ image }) => image),
      imageIds: placed.map(({ id }) => id),
    })
    const { counts } = version
    const older = statement(db, 'SELECT 1 FROM dataset_versions WHERE split_id = ?').get(splitId)
    const versionId = versionOfSplit(db, splitId, version.createdAtMs)
    // Where everything is as in an older version, that one is current again, and was made as it was made.
    if (older === undefined) {
      statement(
        db,
        `INSERT INTO version_changes (version_id, new_count, gone_count, changed_count, moved_count, relabelled_count, of_labels)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        versionId,
        counts.new,
        counts.gone,
        counts.changed,
        counts.moved,
        counts.relabelled,
        version.ofLabels === true ? 1 : 0,
      )
    }
    statement(db, 'DELETE FROM problems WHERE dataset_id = ?').run(datasetId)
    insertProblems(db, datasetId, version.problems)
    statement(
      db,
      `UPDATE datasets SET image_count = ?, class_count = ?, problem_count = ?, median_width_px = ?, median_height_px = ?,
         byte_count = ?, rotated_count = ? WHERE id = ?`,
    ).run(...importFacts(images, classNames.length, version.problems.length), datasetId)
    return versionId
  })
}

/**
 * The part in which each content was last, by its hash, in versions that were divided as the current one is. Without held-out parts that the source gave:
 * those are the source's to say.
 */
export function partsOfContents(db: Db, datasetId: number): Map<string, SplitPart> {
  const rows = statement<{ hash: string; part: number }>(
    db,
    `SELECT lower(hex(content_hash)) AS hash, split_images.part FROM datasets
       JOIN splits AS present ON present.id = datasets.current_split_id
       JOIN splits ON splits.dataset_id = datasets.id AND splits.origin = present.origin AND splits.seed = present.seed
         AND splits.val_fraction = present.val_fraction AND splits.test_fraction = present.test_fraction
       JOIN split_images ON split_images.split_id = splits.id JOIN images ON images.id = image_id
     WHERE datasets.id = ? AND (splits.origin = 'seeded' OR folder_part IS NULL OR folder_part = 0)
     ORDER BY splits.id = present.id, splits.id`,
  ).all(datasetId)
  return new Map(rows.map(({ hash, part }) => [hash, partOfCode(part)]))
}

function classCount(db: Db, datasetId: number): number {
  return (
    statement<{ count: number }>(db, 'SELECT count(*) AS count FROM classes WHERE dataset_id = ?').get(
      datasetId,
    )?.count ?? 0
  )
}

/** A renamed class is still there under its first name; a new one that is called so has another in the table, and its own in its version. */
function freeNames(db: Db, datasetId: number, names: readonly string[]): string[] {
  const taken = new Set(
    statement<{ name: string }>(db, 'SELECT name FROM classes WHERE dataset_id = ?')
      .all(datasetId)
      .map(({ name }) => name),
  )
  return names.map((name) => {
    let free = name
    for (let place = 2; taken.has(free); place++) free = `${name} (${String(place)})`
    taken.add(free)
    return free
  })
}

/** Of rows that are there, or are made. */
function imageIds(db: Db, datasetId: number, images: readonly ScannedImage[]): number[] {
  const rows = statement<{
    id: number
    path: string
    hash: string
    class_index: number
    folder_part: number | null
    link_target: string | null
  }>(
    db,
    'SELECT id, path, lower(hex(content_hash)) AS hash, class_index, folder_part, link_target FROM images WHERE dataset_id = ?',
  ).all(datasetId)
  const idOf = new Map(
    rows.map((row) => [
      identity(
        row.path,
        row.hash,
        row.class_index,
        row.folder_part === null ? null : partOfCode(row.folder_part),
        row.link_target,
      ),
      row.id,
    ]),
  )
  const known = images.map((image) =>
    idOf.get(identity(image.key, image.contentHash, image.classIndex, image.folderPart, image.linkTarget)),
  )
  const added = images.filter((_, index) => known[index] === undefined)
  let nextId = added.length === 0 ? 0 : insertImages(db, datasetId, added)
  return known.map((id) => id ?? nextId++)
}

function identity(
  key: string,
  contentHash: string,
  classIndex: number,
  part: SplitPart | null,
  linkTarget: string | null,
): string {
  return JSON.stringify([key, contentHash, classIndex, part, linkTarget])
}
