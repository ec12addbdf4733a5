/** Images: their facts, and the gallery's layout as flat arrays. */
import type { Image, ImageFilter, ImageLayout, SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import type { FileFacts } from '../../images/file-check'
import type { ScannedImage } from '../../datasets/scan-result'
import type { SourceAddress } from '../../sources/source'
import { insertBoxes, listBoxes } from './image-boxes'
import { sourceOf, type SourceRow } from './source-row'
import { partCode, partOfCode } from './split-parts'
import { statement, type Db } from '../statement'

/** The first of as many ids that nobody else gets. Within a transaction. */
export function reserveImageIds(db: Db, count: number): number {
  const last = statement<{ seq: number }>(db, "SELECT seq FROM sqlite_sequence WHERE name = 'images'").get()
  if (last === undefined)
    statement(db, "INSERT INTO sqlite_sequence (name, seq) VALUES ('images', ?)").run(count)
  else statement(db, "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'images'").run(count)
  return (last?.seq ?? 0) + 1
}

/** Within a transaction. The ids follow one another from `firstId` on, in the order given. */
export function insertImages(
  db: Db,
  datasetId: number,
  images: readonly ScannedImage[],
  firstId: number,
): void {
  const insert = statement(
    db,
    `INSERT INTO images (id, dataset_id, class_index, path, folder_part, width_px, height_px, byte_count,
       content_hash, format, colour_space, bits_per_sample, has_alpha, orientation, modified_ms, link_target, boxes_hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  images.forEach((image, index) => {
    insert.run(
      firstId + index,
      datasetId,
      image.classIndex,
      image.key,
      image.folderPart === null ? null : partCode(image.folderPart),
      image.widthPx,
      image.heightPx,
      image.byteCount,
      Buffer.from(image.contentHash, 'hex'),
      image.format,
      image.colourSpace,
      image.bitsPerSample,
      image.hasAlpha ? 1 : 0,
      image.orientation,
      image.modifiedMs,
      image.linkTarget,
      image.boxes === undefined ? null : Buffer.from(image.boxes.hash, 'hex'),
    )
    if (image.boxes !== undefined) insertBoxes(db, firstId + index, image.boxes.read())
  })
}

/** The files of a split as the import found them, each part in the order of `jobImages`. */
export function splitFiles(db: Db, splitId: number): Record<SplitPart, FileFacts> {
  const columns = () => ({ byteCounts: [] as number[], modifiedMs: [] as number[] })
  const files = { train: columns(), val: columns(), test: columns() }
  const rows = db
    .prepare<[number], [part: number, byteCount: number, modifiedMs: number]>(splitFilesSql)
    .raw()
  for (const [part, byteCount, modifiedMs] of rows.iterate(splitId)) {
    const { byteCounts, modifiedMs: times } = files[partOfCode(part)]
    byteCounts.push(byteCount)
    times.push(modifiedMs)
  }
  return files
}

export const splitFilesSql = `
  SELECT split_images.part, images.byte_count, images.modified_ms
  FROM split_images JOIN images ON images.id = split_images.image_id
  WHERE split_images.split_id = ? ORDER BY split_images.part, split_images.image_id`

/** Ids and aspects of the images that pass the filter, class by class, each in the order of the import; with `sameIn` by their bytes. */
export function imageLayout(db: Db, datasetId: number, filter: ImageFilter): ImageLayout {
  const tookIn = statement(
    db,
    `SELECT 1 FROM version_changes JOIN dataset_versions ON dataset_versions.id = version_id WHERE dataset_id = ?
     UNION ALL SELECT 1 FROM version_drafts WHERE dataset_id = ? LIMIT 1`,
  ).get(datasetId, datasetId)
  const { sql, values } = layoutQuery(datasetId, filter, tookIn !== undefined)
  const ids: number[] = []
  const aspects: number[] = []
  const rows = db.prepare<unknown[], [id: number, widthPx: number, heightPx: number]>(sql).raw()
  for (const [id, widthPx, heightPx] of rows.iterate(...values)) {
    ids.push(id)
    aspects.push(widthPx / heightPx)
  }
  return { ids, aspects }
}

/** Ids that lie evenly in each part's range of them: a seek for each, however many images there are. */
export function sampleImages(db: Db, datasetId: number, count: number): number[] {
  const ofPart = 'split_id = (SELECT current_split_id FROM datasets WHERE id = ?) AND part = ?'
  const range = statement<{ low: number | null; high: number | null }>(
    db,
    `SELECT min(image_id) AS low, max(image_id) AS high FROM split_images WHERE ${ofPart}`,
  )
  const next = statement<{ id: number }>(
    db,
    `SELECT image_id AS id FROM split_images WHERE ${ofPart} AND image_id >= ? ORDER BY image_id LIMIT 1`,
  )
  const ids = new Set<number>()
  for (const part of ['test', 'train', 'val'] as const) {
    const { low = null, high = null } = range.get(datasetId, partCode(part)) ?? {}
    if (low === null || high === null) continue
    const missing = count - ids.size
    for (let turn = 0; turn < missing; turn++) {
      const from = low + Math.floor((turn * (high - low)) / Math.max(1, missing - 1))
      const found = next.get(datasetId, partCode(part), from)
      if (found !== undefined) ids.add(found.id)
    }
  }
  return [...ids].sort((one, other) => one - other)
}

/** The statement behind `imageLayout`: without `text` it reads indexes alone. `hasOlderImages`: some are not in the current version. */
export function layoutQuery(
  datasetId: number,
  filter: ImageFilter,
  hasOlderImages = false,
): { sql: string; values: unknown[] } {
  const conditions = ['images.dataset_id = ?']
  const values: unknown[] = [datasetId]
  const condition = (sql: string, ...bound: unknown[]): void => {
    conditions.push(sql)
    values.push(...bound)
  }
  const { versionId } = filter
  const [split, ofSplit] =
    versionId === undefined
      ? ['(SELECT current_split_id FROM datasets WHERE id = ?)', datasetId]
      : ['(SELECT split_id FROM dataset_versions WHERE id = ?)', versionId]
  let join = ''
  if (filter.part !== undefined || versionId !== undefined || hasOlderImages) {
    // CROSS JOIN keeps this order: the layout index gives the rows sorted, each asks for its part by key.
    join = `CROSS JOIN split_images ON split_images.image_id = images.id`
    condition(`split_images.split_id = ${split}`, ofSplit)
    if (filter.part !== undefined) condition('split_images.part = ?', partCode(filter.part))
  }
  if (filter.classIndex !== undefined) condition('images.class_index = ?', filter.classIndex)
  if (filter.rotated === true) condition('images.orientation <> 1')
  if (filter.rotated === false) condition('images.orientation = 1')
  let order = 'images.class_index, images.id'
  if (filter.sameIn !== undefined) {
    condition(
      `images.id IN (SELECT image_id FROM same_bytes WHERE split_id = ${split} AND other = ?)`,
      ofSplit,
      filter.sameIn,
    )
    order = 'images.content_hash, images.id'
  }
  const text = filter.text ?? ''
  if (text !== '') condition('instr(fold(images.path), ?) > 0', text.normalize('NFC').toLowerCase())
  const sql = `SELECT images.id, images.width_px, images.height_px FROM images ${join}
    WHERE ${conditions.join(' AND ')} ORDER BY ${order}`
  return { sql, values }
}

/** Throws 'not-found'. */
export function getImage(db: Db, id: number): Image {
  const row = statement<ImageRow>(db, getImageSql).get(id)
  if (row === undefined) throw new WorkbenchError('not-found', `There is no image with the number ${id}.`)
  return {
    id: row.id,
    datasetId: row.dataset_id,
    path: row.path,
    classIndex: row.class_index,
    className: row.class_name,
    part: partOfCode(row.part),
    ...imageFacts(row),
    boxes: row.boxes_hash === null ? [] : listBoxes(db, row.id),
  }
}

/** What was read from an image's file. */
export function imageFacts(
  row: FactsRow,
): Pick<
  ScannedImage,
  | 'widthPx'
  | 'heightPx'
  | 'byteCount'
  | 'contentHash'
  | 'format'
  | 'colourSpace'
  | 'bitsPerSample'
  | 'hasAlpha'
  | 'orientation'
> {
  return {
    widthPx: row.width_px,
    heightPx: row.height_px,
    byteCount: row.byte_count,
    contentHash: row.hash,
    format: row.format,
    colourSpace: row.colour_space,
    bitsPerSample: row.bits_per_sample,
    hasAlpha: row.has_alpha === 1,
    orientation: row.orientation,
  }
}

/**
 * Where an image's bytes come from: its dataset's source, and its key there; of one that is not in the current version, where its content is now
 * (`ownKey`: where it was).
 * Throws 'not-found'.
 */
export function imageAddress(
  db: Db,
  id: number,
): { source: SourceAddress; key: string; ownKey: string; contentHash: string; isCurrent: boolean } {
  const row = statement<AddressRow>(db, imageAddressSql).get(id)
  if (row === undefined) throw new WorkbenchError('not-found', `There is no image with the number ${id}.`)
  const { key, link_target: target } = row
  return {
    source: { ...sourceOf(row), ...(target !== null && { links: [[key, target]] }) },
    key,
    ownKey: row.own_key,
    contentHash: row.hash,
    isCurrent: row.is_current === 1,
  }
}

/**
 * The id of the image that is read for one of a version: of the current version itself; else of one in the current version with the same content,
 * best at the same path; else itself. `images` and `datasets` are in the statement; `splitId`: of the version that the image is read for.
 */
export function imageNow(splitId: string): string {
  const found = (condition: string): string => `(
      SELECT other.id FROM images AS other JOIN split_images AS placed
        ON placed.image_id = other.id AND placed.split_id = datasets.current_split_id
      WHERE other.dataset_id = images.dataset_id AND other.content_hash = images.content_hash${condition} LIMIT 1)`
  return `CASE WHEN ${splitId} IS datasets.current_split_id THEN images.id
    ELSE coalesce(${found(' AND other.path = images.path')}, ${found('')}, images.id) END`
}

const inCurrentSplit = `(SELECT split_id FROM split_images WHERE image_id = images.id AND split_id = datasets.current_split_id)`

const imageAddressSql = `
  SELECT source_kind, root_path, folder_choice, source_options, present.path AS key, present.link_target, images.path AS own_key,
    lower(hex(images.content_hash)) AS hash, ${inCurrentSplit} IS NOT NULL AS is_current
  FROM images JOIN datasets ON datasets.id = images.dataset_id JOIN images AS present ON present.id = ${imageNow(inCurrentSplit)}
  WHERE images.id = ?`

interface AddressRow extends SourceRow {
  key: string
  link_target: string | null
  own_key: string
  hash: string
  is_current: number
}

/** `hash`: of the content, lower-case hex. */
export interface FactsRow {
  width_px: number
  height_px: number
  byte_count: number
  hash: string
  format: string
  colour_space: string
  bits_per_sample: number
  has_alpha: number
  orientation: number
}

interface ImageRow extends FactsRow {
  id: number
  dataset_id: number
  path: string
  class_index: number
  class_name: string
  part: number
  boxes_hash: Buffer | null
}

export const getImageSql = `
  SELECT images.id, images.dataset_id, path, images.class_index, coalesce(split_classes.name, classes.name) AS class_name, part, width_px,
    height_px, images.byte_count, lower(hex(content_hash)) AS hash, format, colour_space, bits_per_sample,
    has_alpha, orientation, boxes_hash
  FROM images
    JOIN datasets ON datasets.id = images.dataset_id
    JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
    JOIN split_images ON split_images.image_id = images.id AND split_images.split_id = coalesce(${inCurrentSplit},
      (SELECT max(split_id) FROM split_images WHERE image_id = images.id))
    JOIN split_classes ON split_classes.split_id = split_images.split_id AND split_classes.class_index = images.class_index
  WHERE images.id = ?`
