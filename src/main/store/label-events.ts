/** The log of label changes: written, and folded into what it says now. */
import { isDeepStrictEqual } from 'node:util'
import type { LabelChange } from '../../contract/entities/label'
import { labelFinder } from '../../domain/labels/find-label'
import {
  canContinue,
  foldLabels,
  type ImageIdentity,
  type LabelEvent,
  type LabelLog,
  type LabelState,
} from '../../domain/labels/label-log'
import { inTransaction, statement, type Db } from './statement'

export interface NewLabelEvent {
  readonly imageId: number
  readonly change: LabelChange
  /** The class that the image has now. */
  readonly fromClass: string
}

export interface LabelWriter {
  readonly atMs: number
  readonly byWhom: string
}

/** All of it or nothing; what is added at once is undone at once. Returns the group. */
export function addLabelEvents(
  db: Db,
  datasetId: number,
  { atMs, byWhom }: LabelWriter,
  events: readonly NewLabelEvent[],
): number {
  return inTransaction(db, () => {
    const groupId = nextId(db)
    const insert = statement(
      db,
      `INSERT INTO label_events (dataset_id, group_id, at_ms, by_whom, kind, image_id, from_class, value)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const { imageId, change, fromClass } of events)
      insert.run(
        datasetId,
        groupId,
        atMs,
        byWhom,
        change.kind,
        imageId,
        change.kind === 'label' ? fromClass : '',
        valueOf(change),
      )
    return groupId
  })
}

/** `undoes`: a group of changes for 'undo', an undo for 'redo'. */
export function addUndo(
  db: Db,
  datasetId: number,
  { atMs, byWhom }: LabelWriter,
  kind: 'undo' | 'redo',
  undoes: number,
): void {
  inTransaction(db, () =>
    statement(
      db,
      'INSERT INTO label_events (dataset_id, group_id, at_ms, by_whom, kind, undoes) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(datasetId, nextId(db), atMs, byWhom, kind, undoes),
  )
}

const folded = new WeakMap<Db, Map<number, LabelLog>>()

/** Kept until the log has another entry; what was added since is folded onto it. */
export function labelLog(db: Db, datasetId: number): LabelLog {
  let known = folded.get(db)
  if (known === undefined) folded.set(db, (known = new Map()))
  const last = known.get(datasetId)
  if (last?.revision === labelRevision(db, datasetId)) return last
  const added = last === undefined ? [] : readEvents(db, datasetId, last.revision)
  const log =
    last !== undefined && canContinue(added)
      ? foldLabels(added, last)
      : keptStates(foldLabels(readEvents(db, datasetId, 0)), last)
  known.set(datasetId, log)
  return log
}

/** The new log, with the states of the earlier one where they say the same: so that it is seen which images an undo is of. */
function keptStates(log: LabelLog, last: LabelLog | undefined): LabelLog {
  if (last === undefined) return log
  const states = new Map(log.states)
  for (const [identity, state] of states) {
    const before = last.states.get(identity)
    if (before !== undefined && isDeepStrictEqual(before, state)) states.set(identity, before)
  }
  return { ...log, states }
}

/** Id of the last entry; 0 without any. */
export function labelRevision(db: Db, datasetId: number): number {
  return (
    statement<{ id: number | null }>(db, 'SELECT max(id) AS id FROM label_events WHERE dataset_id = ?').get(
      datasetId,
    )?.id ?? 0
  )
}

/** What the log says of images of the dataset, also of those that moved. */
export function storedLabels(
  db: Db,
  datasetId: number,
): (identity: Pick<ImageIdentity, 'key' | 'contentHash'>) => LabelState | null {
  const isThere = statement(
    db,
    `SELECT 1 FROM images JOIN split_images ON image_id = images.id
       AND split_id = (SELECT current_split_id FROM datasets WHERE id = images.dataset_id)
     WHERE dataset_id = ? AND content_hash = ? AND path = ? LIMIT 1`,
  )
  return labelFinder(
    labelLog(db, datasetId).states,
    ({ key, contentHash }) => isThere.get(datasetId, Buffer.from(contentHash, 'hex'), key) !== undefined,
  )
}

/** What a group did, e.g. `"Iris" for 3 images`. */
export function groupText(db: Db, groupId: number): string {
  const rows = statement<{ kind: LabelChange['kind']; value: string; count: number }>(
    db,
    `SELECT kind, value, count(*) AS count FROM label_events WHERE group_id = ? GROUP BY kind, value ORDER BY min(id) LIMIT 3`,
  ).all(groupId)
  const [first, ...others] = rows
  if (first === undefined) return ''
  const images = first.count === 1 ? '1 image' : `${String(first.count)} images`
  return `${wordsOf(first.kind, first.value)} ${images}${others.length > 0 ? ', and more' : ''}`
}

/** The group that an undo is of. */
export function undoneBy(db: Db, undoId: number): number {
  return (
    statement<{ undoes: number | null }>(
      db,
      'SELECT undoes FROM label_events WHERE group_id = ? LIMIT 1',
    ).get(undoId)?.undoes ?? undoId
  )
}

/** Who did what when, in the order of the log, without undo and redo; for a patch. Of each image the last of each kind. */
export function lastWriters(
  db: Db,
  datasetId: number,
): Map<string, { readonly atMs: number; readonly byWhom: string }> {
  const rows = statement<{ path: string; hash: string; at_ms: number; by_whom: string }>(
    db,
    `SELECT path, lower(hex(content_hash)) AS hash, at_ms, by_whom FROM label_events JOIN images ON images.id = image_id
     WHERE label_events.dataset_id = ? ORDER BY label_events.id`,
  ).all(datasetId)
  return new Map(rows.map((row) => [`${row.hash} ${row.path}`, { atMs: row.at_ms, byWhom: row.by_whom }]))
}

/** Those after the entry `after`. */
function readEvents(db: Db, datasetId: number, after: number): LabelEvent[] {
  return statement<EventRow>(
    db,
    `SELECT label_events.id, group_id, kind, image_id, path, lower(hex(content_hash)) AS hash, from_class, value, undoes
     FROM label_events LEFT JOIN images ON images.id = image_id WHERE label_events.dataset_id = ? AND label_events.id > ?
     ORDER BY label_events.id`,
  )
    .all(datasetId, after)
    .map((row) => ({
      id: row.id,
      groupId: row.group_id,
      image:
        row.image_id === null
          ? null
          : { imageId: row.image_id, key: row.path ?? '', contentHash: row.hash ?? '' },
      kind: row.kind,
      from: row.from_class,
      value: row.value,
      undoes: row.undoes,
    }))
}

interface EventRow {
  id: number
  group_id: number
  kind: LabelEvent['kind']
  image_id: number | null
  path: string | null
  hash: string | null
  from_class: string
  value: string
  undoes: number | null
}

function valueOf(change: LabelChange): string {
  switch (change.kind) {
    case 'label':
      return change.className
    case 'note':
      return change.text
    case 'tag':
    case 'untag':
      return change.tag
    case 'exclude':
    case 'restore':
      return ''
  }
}

function wordsOf(kind: LabelChange['kind'], value: string): string {
  switch (kind) {
    case 'label':
      return `class "${value}" for`
    case 'exclude':
      return 'excluding'
    case 'restore':
      return 'restoring'
    case 'note':
      return 'a note on'
    case 'tag':
      return `the tag "${value}" on`
    case 'untag':
      return `removing the tag "${value}" from`
  }
}

function nextId(db: Db): number {
  const last = statement<{ seq: number }>(
    db,
    "SELECT seq FROM sqlite_sequence WHERE name = 'label_events'",
  ).get()
  return (last?.seq ?? 0) + 1
}
