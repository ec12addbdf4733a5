/** The last check of each dataset: groups of duplicates, what is ignored and why, and the images as the findings see them. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { ContentGroup } from '../../../domain/duplicates/duplicate-groups'
import { sameImageLikeness } from '../../../domain/duplicates/likeness'
import type { CheckedImage } from '../../../domain/preflight/checked-image'
import { pixelFactsVersion } from '../../../domain/preflight/pixel-facts'
import { partOfCode } from './split-parts'
import { inTransaction, statement, type Db } from '../statement'

export interface StoredGroup {
  readonly kind: ContentGroup['kind']
  /** Lower-case hex. */
  readonly contentHashes: readonly string[]
}

export interface StoredCheck {
  readonly splitId: number
  readonly checkedAtMs: number
  /** Images that could not be read, or whose file had changed. */
  readonly unreadCount: number
}

export interface StoredPair {
  /** Contents, lower-case hex. */
  readonly one: string
  readonly other: string
  readonly likeness: number
}

/** More are not kept: of so many, another threshold is not offered. */
const mostPairs = 200_000

/** In the place of the last one; what is ignored stays. Nothing where the dataset was deleted meanwhile. */
export function putCheck(
  db: Db,
  datasetId: number,
  check: StoredCheck,
  groups: readonly StoredGroup[],
  pairs: readonly StoredPair[] = [],
): void {
  const insertPair = statement(
    db,
    'INSERT INTO duplicate_pairs (dataset_id, one_hash, other_hash, likeness) VALUES (?, ?, ?, ?)',
  )
  inTransaction(db, () => {
    if (statement(db, 'SELECT 1 FROM splits WHERE id = ?').get(check.splitId) === undefined) return
    statement(
      db,
      `INSERT INTO preflight_checks (dataset_id, split_id, checked_at_ms, unread_count) VALUES (?, ?, ?, ?)
         ON CONFLICT (dataset_id) DO UPDATE SET split_id = excluded.split_id, checked_at_ms = excluded.checked_at_ms,
           unread_count = excluded.unread_count`,
    ).run(datasetId, check.splitId, check.checkedAtMs, check.unreadCount)
    putGroups(db, datasetId, groups)
    statement(db, 'DELETE FROM duplicate_pairs WHERE dataset_id = ?').run(datasetId)
    if (pairs.length > mostPairs) return
    for (const { one, other, likeness } of pairs)
      insertPair.run(datasetId, Buffer.from(one, 'hex'), Buffer.from(other, 'hex'), likeness)
  })
}

function putGroups(db: Db, datasetId: number, groups: readonly StoredGroup[]): void {
  const insert = statement(
    db,
    'INSERT INTO duplicate_groups (dataset_id, group_index, kind, content_hash) VALUES (?, ?, ?, ?)',
  )
  statement(db, 'DELETE FROM duplicate_groups WHERE dataset_id = ?').run(datasetId)
  groups.forEach(({ kind, contentHashes }, index) => {
    for (const hash of contentHashes) insert.run(datasetId, index, kind, Buffer.from(hash, 'hex'))
  })
}

/** Other groups of the same check. */
export function putThreshold(
  db: Db,
  datasetId: number,
  sameLikeness: number,
  groups: readonly StoredGroup[],
): void {
  inTransaction(db, () => {
    statement(db, 'UPDATE preflight_checks SET same_likeness = ? WHERE dataset_id = ?').run(
      sameLikeness,
      datasetId,
    )
    putGroups(db, datasetId, groups)
  })
}

/** From which likeness two images of the dataset are the same one. */
export function sameLikenessOf(db: Db, datasetId: number): number {
  const row = statement<{ same_likeness: number | null }>(
    db,
    'SELECT same_likeness FROM preflight_checks WHERE dataset_id = ?',
  ).get(datasetId)
  return row?.same_likeness ?? sameImageLikeness
}

export function storedPairs(db: Db, datasetId: number): StoredPair[] {
  return statement<StoredPair>(
    db,
    `SELECT lower(hex(one_hash)) AS one, lower(hex(other_hash)) AS other, likeness FROM duplicate_pairs
     WHERE dataset_id = ? ORDER BY likeness DESC, one_hash, other_hash`,
  ).all(datasetId)
}

/** `isCurrent`: the dataset has no other contents now. null: never checked. */
export function getCheck(db: Db, datasetId: number): (StoredCheck & { isCurrent: boolean }) | null {
  const row = statement<{ split_id: number; checked_at_ms: number; unread_count: number; new_count: number }>(
    db,
    `SELECT preflight_checks.split_id, checked_at_ms, unread_count,
       CASE WHEN preflight_checks.split_id = current_split_id THEN 0 ELSE
         (SELECT count(*) FROM split_images AS now JOIN images ON images.id = now.image_id WHERE now.split_id = current_split_id
           AND NOT EXISTS (SELECT 1 FROM images AS other JOIN split_images AS placed
             ON placed.image_id = other.id AND placed.split_id = preflight_checks.split_id
             WHERE other.dataset_id = images.dataset_id AND other.content_hash = images.content_hash)) END AS new_count
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
  const groups: { kind: ContentGroup['kind']; contentHashes: string[] }[] = []
  const rows = statement<{ group_index: number; kind: ContentGroup['kind']; hash: string }>(
    db,
    'SELECT group_index, kind, lower(hex(content_hash)) AS hash FROM duplicate_groups WHERE dataset_id = ? ORDER BY group_index',
  ).all(datasetId)
  let last = -1
  for (const { group_index, kind, hash } of rows) {
    if (group_index !== last) groups.push({ kind, contentHashes: [] })
    last = group_index
    groups.at(-1)?.contentHashes.push(hash)
  }
  return groups
}

/** Those that a content is in. */
export function groupsWith(db: Db, datasetId: number, contentHash: string): StoredGroup[] {
  return statement<{ kind: ContentGroup['kind']; hashes: string }>(
    db,
    `SELECT kind, group_concat(lower(hex(content_hash))) AS hashes FROM duplicate_groups
     WHERE dataset_id = ? AND group_index IN
       (SELECT group_index FROM duplicate_groups WHERE dataset_id = ? AND content_hash = ?)
     GROUP BY group_index ORDER BY group_index`,
  )
    .all(datasetId, datasetId, Buffer.from(contentHash, 'hex'))
    .map(({ kind, hashes }) => ({ kind, contentHashes: hashes.split(',') }))
}

/** Of a split, in the order of their ids. */
export function checkedImages(db: Db, datasetId: number, splitId: number): CheckedImage[] {
  return statement<CheckedRow>(
    db,
    `SELECT images.id, lower(hex(images.content_hash)) AS hash, class_index, split_images.part, width_px, height_px, brightness, contrast, sharpness, colourfulness
     FROM split_images JOIN images ON images.id = image_id
       LEFT JOIN pixel_facts ON pixel_facts.dataset_id = ? AND pixel_facts.content_hash = images.content_hash AND version = ?
     WHERE split_id = ? ORDER BY images.id`,
  )
    .all(datasetId, pixelFactsVersion, splitId)
    .map((row) => ({
      id: row.id,
      contentHash: row.hash,
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
  /** A content, or a class's index. */
  readonly item: string
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
  items: readonly string[] | null,
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
 * Ascending. None where the dataset was not checked.
 */
export function twinsInTrain(db: Db, datasetId: number, splitId: number): { id: number; part: SplitPart }[] {
  if (statement(db, 'SELECT 1 FROM preflight_checks WHERE dataset_id = ?').get(datasetId) === undefined)
    return []
  const contents = statement<{ hash: string }>(db, sharedContentsSql).all(splitId, datasetId)
  const ignored = new Set(
    statement<{ item: string }>(
      db,
      "SELECT item FROM preflight_ignored WHERE dataset_id = ? AND finding = 'leak'",
    )
      .all(datasetId)
      .map(({ item }) => item),
  )
  const inSplit = statement<{ id: number; part: number }>(
    db,
    `SELECT images.id, part FROM images JOIN split_images ON split_images.image_id = images.id AND split_id = ?
     WHERE dataset_id = ? AND content_hash = ?`,
  )
  const groups = [
    ...storedGroups(db, datasetId).filter(({ kind }) => kind === 'same-image'),
    ...contents.map(({ hash }) => ({ contentHashes: [hash] })),
  ]
  const twins = new Map<number, SplitPart>()
  for (const { contentHashes } of groups) {
    const images = contentHashes.flatMap((hash) =>
      inSplit
        .all(splitId, datasetId, Buffer.from(hash, 'hex'))
        .map((row) => ({ id: row.id, part: partOfCode(row.part), isIgnored: ignored.has(hash) })),
    )
    if (!images.some(({ part }) => part === 'train') || images.every(({ isIgnored }) => isIgnored)) continue
    for (const { id, part } of images) if (part !== 'train') twins.set(id, part)
  }
  return [...twins].map(([id, part]) => ({ id, part })).sort((one, other) => one.id - other.id)
}

/** Those that the import itself found in more than one part. */
const sharedContentsSql = `
  SELECT DISTINCT lower(hex(content_hash)) AS hash FROM same_bytes JOIN images ON images.id = image_id
  WHERE split_id = ? AND other = 'parts' AND dataset_id = ?`

interface CheckedRow {
  id: number
  hash: string
  class_index: number
  part: number
  width_px: number
  height_px: number
  brightness: number | null
  contrast: number | null
  sharpness: number | null
  colourfulness: number | null
}
