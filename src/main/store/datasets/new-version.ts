/** A new version of a dataset. Rows of images are shared: one that is as it was in any version is that row. */
import type {
  DifferenceCounts,
  Problem,
  Split,
  SplitOptions,
  SplitPart,
} from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import type { InTurns } from '../../../domain/in-turns'
import { findingSameBytes, sameBytesKinds, type SameBytesKind } from '../../../domain/same-bytes'
import { hashingSplit } from '../../../domain/split'
import type { ScannedImage } from '../../datasets/scan-result'
import { insertVersionRow, versionOfSplit } from './dataset-versions'
import { getDataset, insertClasses, insertProblems } from './datasets'
import { insertImages, reserveImageIds } from './images'
import { countingFacts } from './import-facts'
import { partCode } from './split-parts'
import { classNamesOf, insertSplit } from './splits'
import { inTransaction, statement, type Db } from '../statement'
import { beginDraft, dropDrafts, endDraft } from './version-drafts'
import { hashingVersion } from './version-hash'

export interface NewVersion {
  /** Of which dataset; `splitId`: that the parts were worked out from. */
  readonly base: Base
  /** Of all classes, by their indices: those that the dataset has keep theirs, maybe under another name; new ones follow. */
  readonly classNames: readonly string[]
  readonly images: readonly ScannedImage[]
  /** Aligned with `images`: the id of the row that is just so, where that is known. */
  readonly rowIds?: readonly (number | null)[]
  readonly split: {
    readonly origin: Split['origin']
    readonly options: SplitOptions
    /** Aligned with `images`. */
    readonly parts: readonly SplitPart[]
  }
  /** null: as they were. */
  readonly problems: readonly Problem[] | null
  /** null: it is a new split of the same images, or an import. */
  readonly counts: DifferenceCounts | null
  /** Whether corrected labels are all that is new in it. */
  readonly ofLabels?: boolean
  readonly createdAtMs: number
}

/** `makeDataset`: its row, in the transaction that begins to write. */
type Base = { readonly datasetId: number; readonly splitId: number } | { readonly makeDataset: () => number }

/**
 * Nobody sees anything of it before all of it is there, and it is dropped where it fails. Its rows are written in pieces, so that others come in between: no
 * other version of this dataset may be made meanwhile. Returns the version's id. Throws 'busy' where the dataset got another version before, 'not-found',
 * 'disk-full'.
 */
export function* makingVersion(db: Db, version: NewVersion): InTurns<number> {
  const { base } = version
  if ('splitId' in base) dropDrafts(db, base.datasetId)
  const plan = yield* planning(db, version)
  if ('splitId' in base) {
    const same = plan.added.length > 0 ? null : yield* findingSame(db, base.datasetId, version, plan)
    if (same !== null)
      return inTransaction(db, () => show(db, version, plan, { ...base, splitId: same, sha256: null }))
  }
  const begun = inTransaction(db, () => begin(db, version, plan))
  try {
    const sha256 = yield* writing(db, version, plan, begun)
    return inTransaction(db, () => show(db, version, plan, { ...begun, sha256 }))
  } catch (thrown) {
    // where not even that works, what was begun stays out of sight, and goes at the next start
    if (db.open) dropDrafts(db, begun.datasetId)
    throw thrown
  }
}

interface Plan {
  /** By the ids of their rows: the place of each image in the version's list. Those that are made come last. */
  readonly placed: readonly { readonly place: number; readonly id: number | null }[]
  readonly added: readonly ScannedImage[]
  readonly countsOfClass: readonly (readonly number[])[]
  readonly same: Record<SameBytesKind, number[]>
  readonly hash: string
  readonly facts: readonly number[]
}

/** Reads only. */
function* planning(db: Db, version: NewVersion): InTurns<Plan> {
  const { images, split } = version
  refuseOtherVersion(db, version)
  const ids = yield* findingRows(db, version)
  yield
  const known: number[] = []
  const fresh: number[] = []
  for (const [place, id] of ids.entries()) (id === null ? fresh : known).push(place)
  known.sort((one, other) => (ids[one] ?? 0) - (ids[other] ?? 0))
  yield
  const placed = [...known, ...fresh].map((place) => ({ place, id: ids[place] ?? null }))
  yield
  const countsOfClass = version.classNames.map(() => [0, 0, 0])
  for (const [place, { classIndex }] of images.entries()) {
    const counts = countsOfClass[classIndex]
    const code = partCode(split.parts[place] ?? 'train')
    if (counts !== undefined) counts[code] = (counts[code] ?? 0) + 1
  }
  yield
  return {
    placed,
    added: fresh.flatMap((place) => images[place] ?? []),
    countsOfClass,
    same: yield* findingSameBytes(images, split.parts),
    hash: yield* hashingSplit(images, split.parts),
    facts: yield* countingFacts(images),
  }
}

/** Of rows that are just so; null of images that have none. */
function* findingRows(db: Db, { base, images, rowIds = [] }: NewVersion): InTurns<(number | null)[]> {
  if ('makeDataset' in base) return images.map(() => null)
  const { datasetId } = base
  const find = statement<{ id: number }>(
    db,
    `SELECT id FROM images WHERE dataset_id = ? AND content_hash = ? AND path = ? AND class_index = ? AND folder_part IS ? AND link_target IS ?
       AND boxes_hash IS ?
     ORDER BY id DESC LIMIT 1`,
  )
  const ids: (number | null)[] = []
  let lookedUp = 0
  for (const [place, { key, contentHash, classIndex, folderPart, linkTarget, boxes }] of images.entries()) {
    const id = rowIds[place] ?? null
    if (id === null) {
      const part = folderPart === null ? null : partCode(folderPart)
      const boxesHash = boxes === undefined ? null : Buffer.from(boxes.hash, 'hex')
      const content = Buffer.from(contentHash, 'hex')
      const row = find.get(datasetId, content, key, classIndex, part, linkTarget, boxesHash)
      ids.push(row?.id ?? null)
      if (++lookedUp % lookedUpAtOnce === 0) yield
    } else {
      ids.push(id)
    }
    if (ids.length % takenAtOnce === 0) yield
  }
  return ids
}

/** Between two pauses: of some ten milliseconds each. */
const lookedUpAtOnce = 500
const takenAtOnce = 50_000
const imagesAtOnce = 500
const placesAtOnce = 2000

/**
 * The split that is just this one already; null: there is none. The same contents may be other images: those of a version before they moved; the same
 * images may have classes with other names.
 */
function* findingSame(
  db: Db,
  datasetId: number,
  { split, classNames }: NewVersion,
  plan: Plan,
): InTurns<number | null> {
  const { valFraction, testFraction, seed } = split.options
  const sameFacts = statement<{ id: number }>(
    db,
    `SELECT id FROM splits WHERE dataset_id = ? AND origin = ? AND val_fraction = ? AND test_fraction = ? AND seed = ? AND hash = ?`,
  ).all(datasetId, split.origin, valFraction, testFraction, seed, plan.hash)
  for (const { id } of sameFacts) {
    const names = classNamesOf(db, id)
    if (names.length !== classNames.length || names.some((name, index) => name !== classNames[index]))
      continue
    const there = statement<{ image_id: number }>(
      db,
      'SELECT image_id FROM split_images WHERE split_id = ?',
    ).all(id)
    yield
    const wanted = new Set(plan.placed.map((one) => one.id))
    if (there.length === wanted.size && there.every(({ image_id }) => wanted.has(image_id))) return id
    yield
  }
  return null
}

interface Begun {
  readonly datasetId: number
  readonly splitId: number
  readonly firstImageId: number
}

/** Returns the hash of the version. */
function* writing(
  db: Db,
  version: NewVersion,
  { placed, added, same }: Plan,
  { datasetId, splitId, firstImageId }: Begun,
): InTurns<Buffer> {
  const { images, classNames, split } = version
  yield
  for (let from = 0; from < added.length; from += imagesAtOnce) {
    const some = added.slice(from, from + imagesAtOnce)
    inTransaction(db, () => insertImages(db, datasetId, some, firstImageId + from))
    yield
  }
  const rows = placed.map(({ place, id }, position) => ({
    place,
    id: id ?? firstImageId + position - (placed.length - added.length),
    part: split.parts[place] ?? 'train',
  }))
  const insert = statement(db, 'INSERT INTO split_images (image_id, split_id, part) VALUES (?, ?, ?)')
  for (let from = 0; from < rows.length; from += placesAtOnce) {
    const some = rows.slice(from, from + placesAtOnce)
    inTransaction(db, () => {
      for (const { id, part } of some) insert.run(id, splitId, partCode(part))
    })
    yield
  }
  const idOfPlace = new Map(rows.map(({ place, id }) => [place, id]))
  const insertSame = statement(db, 'INSERT INTO same_bytes (split_id, other, image_id) VALUES (?, ?, ?)')
  for (const kind of sameBytesKinds) {
    for (let from = 0; from < same[kind].length; from += placesAtOnce) {
      const some = same[kind].slice(from, from + placesAtOnce)
      inTransaction(db, () => {
        for (const place of some) insertSame.run(splitId, kind, idOfPlace.get(place))
      })
      yield
    }
  }
  return yield* hashingVersion(rows.length, (position) => {
    const { place = 0, part = 'train' } = rows[position] ?? {}
    const { key = '', contentHash = '', classIndex = 0 } = images[place] ?? {}
    return { key, contentHash, className: classNames[classIndex] ?? '', part }
  })
}

/** Within a transaction, as what follows. */
function begin(db: Db, version: NewVersion, plan: Plan): Begun {
  refuseOtherVersion(db, version)
  const { base, classNames, split } = version
  const isNew = 'makeDataset' in base
  const datasetId = isNew ? base.makeDataset() : base.datasetId
  // not those of the version alone: an earlier one may have had more
  const firstClassIndex = classCount(db, datasetId)
  insertClasses(db, datasetId, freeNames(db, datasetId, classNames.slice(firstClassIndex)), firstClassIndex)
  const firstImageId = reserveImageIds(db, plan.added.length)
  const splitId = insertSplit(db, datasetId, { ...split, ...plan, classNames })
  beginDraft(db, { datasetId, splitId, firstImageId, firstClassIndex, isNew })
  return { datasetId, splitId, firstImageId }
}

/** `sha256`: null of a version that is there already. */
function show(
  db: Db,
  version: NewVersion,
  { facts }: Plan,
  { datasetId, splitId, sha256 }: { datasetId: number; splitId: number; sha256: Buffer | null },
): number {
  const { counts, problems, createdAtMs } = version
  refuseOtherVersion(db, version)
  endDraft(db, splitId)
  const versionId =
    sha256 === null
      ? versionOfSplit(db, splitId, createdAtMs)
      : insertVersionRow(db, splitId, { createdAtMs, sha256 })
  // Where everything is as in an older version, that one is current again, and was made as it was made.
  if (counts !== null && sha256 !== null) {
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
  if (problems !== null) {
    statement(db, 'DELETE FROM problems WHERE dataset_id = ?').run(datasetId)
    insertProblems(db, datasetId, problems)
    statement(db, 'UPDATE datasets SET problem_count = ? WHERE id = ?').run(problems.length, datasetId)
  }
  statement(
    db,
    `UPDATE datasets SET current_split_id = ?, class_count = ?, image_count = ?, median_width_px = ?, median_height_px = ?,
       byte_count = ?, rotated_count = ? WHERE id = ?`,
  ).run(splitId, version.classNames.length, ...facts, datasetId)
  return versionId
}

function refuseOtherVersion(db: Db, { base }: NewVersion): void {
  if ('makeDataset' in base) return
  const dataset = getDataset(db, base.datasetId)
  if (dataset.split.id === base.splitId) return
  throw new WorkbenchError(
    'busy',
    `The dataset "${dataset.name}" got another version while its images were compared. Nothing was taken in.`,
    'Check it again.',
  )
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
