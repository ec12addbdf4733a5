/** The last check of each dataset: groups of duplicates, what is ignored and why, and the images as the findings see them. */
import type { SplitPart } from '../../contract/entities/dataset'
import type { DuplicateKind } from '../../domain/duplicates/duplicate-groups'
import type { CheckedImage } from '../../domain/preflight/checked-image'
import { pixelFactsVersion } from '../../domain/preflight/pixel-facts'
import { partCode, partOfCode } from './split-parts'
import { inTransaction, statement, type Db } from './statement'

export interface StoredGroup {
  readonly kind: DuplicateKind
  readonly imageIds: readonly number[]
}

export interface StoredCheck {
  readonly splitId: number
  readonly checkedAtMs: number
  /** Images that could not be read, or whose file had changed. */
  readonly unreadCount: number
}

/** In the place of the last one; what is ignored stays. Nothing where the dataset was deleted meanwhile. */
export function putCheck(
  db: Db,
  datasetId: number,
  check: StoredCheck,
  groups: readonly StoredGroup[],
): void {
  const insert = statement(
    db,
    'INSERT INTO duplicate_groups (dataset_id, group_index, kind, image_id) VALUES (?, ?, ?, ?)',
  )
  inTransaction(db, () => {
    if (statement(db, 'SELECT 1 FROM splits WHERE id = ?').get(check.splitId) === undefined) return
    statement(
      db,
      'INSERT OR REPLACE INTO preflight_checks (dataset_id, split_id, checked_at_ms, unread_count) VALUES (?, ?, ?, ?)',
    ).run(datasetId, check.splitId, check.checkedAtMs, check.unreadCount)
    statement(db, 'DELETE FROM duplicate_groups WHERE dataset_id = ?').run(datasetId)
    groups.forEach(({ kind, imageIds }, index) => {
      for (const id of imageIds) insert.run(datasetId, index, kind, id)
    })
  })
}

/** `isCurrent`: the dataset has the same images now. null: never checked. */
export function getCheck(db: Db, datasetId: number): (StoredCheck & { isCurrent: boolean }) | null {
  const row = statement<{ split_id: number; checked_at_ms: number; unread_count: number; new_count: number }>(
    db,
    `SELECT preflight_checks.split_id, checked_at_ms, unread_count,
       (SELECT count(*) FROM split_images AS now WHERE now.split_id = current_split_id
          AND NOT EXISTS (SELECT 1 FROM split_images AS then_ WHERE then_.split_id = preflight_checks.split_id AND then_.image_id = now.image_id))
       AS new_count
     FROM preflight_checks JOIN datasets ON datasets.id = dataset_id WHERE dataset_id = ?`,
  ).get(datasetId)
  if (row === undefined) return null
  return {
    splitId: row.split_id,
    checkedAtMs: row.checked_at_ms,
    unreadCount: row.unread_count,
    isCurrent: row.new_count === 0,
  }
}

/** In the order in which they were stored. */
export function storedGroups(db: Db, datasetId: number): StoredGroup[] {
  const groups: { kind: DuplicateKind; imageIds: number[] }[] = []
  const rows = statement<{ group_index: number; kind: DuplicateKind; image_id: number }>(
    db,
    'SELECT group_index, kind, image_id FROM duplicate_groups WHERE dataset_id = ? ORDER BY group_index, image_id',
  ).all(datasetId)
  let last = -1
  for (const { group_index, kind, image_id } of rows) {
    if (group_index !== last) groups.push({ kind, imageIds: [] })
    last = group_index
    groups.at(-1)?.imageIds.push(image_id)
  }
  return groups
}

/** Of a split, in the order of their ids. */
export function checkedImages(db: Db, datasetId: number, splitId: number): CheckedImage[] {
  return statement<CheckedRow>(
    db,
    `SELECT images.id, class_index, split_images.part, width_px, height_px, brightness, contrast, sharpness, colourfulness
     FROM split_images JOIN images ON images.id = image_id
       LEFT JOIN pixel_facts ON pixel_facts.dataset_id = ? AND pixel_facts.content_hash = images.content_hash AND version = ?
     WHERE split_id = ? ORDER BY images.id`,
  )
    .all(datasetId, pixelFactsVersion, splitId)
    .map((row) => ({
      id: row.id,
      classIndex: row.class_index,
      part: partOfCode(row.part),
      widthPx: row.width_px,
      heightPx: row.height_px,
      pixels:
        row.brightness === null
          ? null
          : {
              brightness: row.brightness,
              contrast: row.contrast ?? 0,
              sharpness: row.sharpness ?? 0,
              colourfulness: row.colourfulness ?? 0,
            },
    }))
}

export interface Ignored {
  readonly finding: string
  readonly item: number
  readonly reason: string
  readonly atMs: number
}

export function listIgnored(db: Db, datasetId: number): Ignored[] {
  return statement<Ignored>(
    db,
    'SELECT finding, item, reason, at_ms AS atMs FROM preflight_ignored WHERE dataset_id = ?',
  ).all(datasetId)
}

export function putIgnored(db: Db, datasetId: number, ignored: readonly Ignored[]): void {
  const insert = statement(
    db,
    'INSERT OR REPLACE INTO preflight_ignored (dataset_id, finding, item, reason, at_ms) VALUES (?, ?, ?, ?, ?)',
  )
  inTransaction(db, () => {
    for (const { finding, item, reason, atMs } of ignored) insert.run(datasetId, finding, item, reason, atMs)
  })
}

/** Of one finding; `items`: of these alone. */
export function dropIgnored(
  db: Db,
  datasetId: number,
  finding: string,
  items: readonly number[] | null,
): void {
  inTransaction(db, () => {
    if (items === null) {
      statement(db, 'DELETE FROM preflight_ignored WHERE dataset_id = ? AND finding = ?').run(
        datasetId,
        finding,
      )
      return
    }
    const remove = statement(
      db,
      'DELETE FROM preflight_ignored WHERE dataset_id = ? AND finding = ? AND item = ?',
    )
    for (const item of items) remove.run(datasetId, finding, item)
  })
}

/** Path, class and part of images, as the dataset's current version has them; those that it does not have are left out. */
export function imagesInSplit(
  db: Db,
  splitId: number,
  ids: readonly number[],
): { id: number; path: string; classIndex: number; className: string; part: SplitPart; aspect: number }[] {
  const get = statement<{
    path: string
    class_index: number
    class_name: string
    part: number
    aspect: number
  }>(
    db,
    `SELECT path, images.class_index, coalesce(split_classes.name, classes.name) AS class_name, part,
       1.0 * width_px / height_px AS aspect
     FROM images JOIN split_images ON split_images.image_id = images.id AND split_images.split_id = ?
       JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
       JOIN split_classes ON split_classes.split_id = split_images.split_id AND split_classes.class_index = images.class_index
     WHERE images.id = ?`,
  )
  return ids.flatMap((id) => {
    const row = get.get(splitId, id)
    if (row === undefined) return []
    const { path, class_index: classIndex, class_name: className, part, aspect } = row
    return [{ id, path, classIndex, className, part: partOfCode(part), aspect }]
  })
}

/**
 * Of the held-out images of a split, those that its train part has a twin of: the same bytes or the same image, unless the group was ignored as a leak.
 * Ascending.
 */
export function twinsInTrain(db: Db, datasetId: number, splitId: number): { id: number; part: SplitPart }[] {
  return statement<{ id: number; part: number }>(
    db,
    `WITH placed AS (
       SELECT group_index, duplicate_groups.image_id AS id, part,
         EXISTS (SELECT 1 FROM preflight_ignored WHERE preflight_ignored.dataset_id = duplicate_groups.dataset_id AND finding = 'leak'
           AND item = duplicate_groups.image_id) AS ignored
       FROM duplicate_groups JOIN split_images ON split_images.image_id = duplicate_groups.image_id AND split_id = ?
       WHERE dataset_id = ? AND kind <> 'similar')
     SELECT id, part FROM placed WHERE part <> ${partCode('train')} AND group_index IN (
       SELECT group_index FROM placed GROUP BY group_index HAVING min(part) = ${partCode('train')} AND min(ignored) = 0)
     ORDER BY id`,
  )
    .all(splitId, datasetId)
    .map(({ id, part }) => ({ id, part: partOfCode(part) }))
}

interface CheckedRow {
  id: number
  class_index: number
  part: number
  width_px: number
  height_px: number
  brightness: number | null
  contrast: number | null
  sharpness: number | null
  colourfulness: number | null
}
