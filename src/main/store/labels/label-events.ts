/** The log of label changes and verdicts: written, and folded into what it says of labels now. */
import type { LabelChange } from '../../../contract/entities/label'
import type { Answer } from '../../../contract/entities/rating'
import { labelFinder } from '../../../domain/labels/find-label'
import {
  canContinue,
  foldLabels,
  labelFold,
  type ImageIdentity,
  type LabelEvent,
  type LabelGroup,
  type LabelLog,
  type LabelState,
} from '../../../domain/labels/label-log'
import { inTransaction, statement, type Db } from '../statement'

/** Who is right about an image; '' takes back what the writer said before. */
export interface VerdictChange {
  readonly kind: 'verdict'
  readonly prediction: string
  readonly answer: Answer | ''
}

export interface NewLabelEvent {
  readonly imageId: number
  readonly change: LabelChange | VerdictChange
  /** The class that the image has now; of a verdict the label that it is about. */
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
  writer: LabelWriter,
  events: readonly NewLabelEvent[],
): number {
  return inTransaction(db, () => {
    const groupId = nextId(db)
    insertEvents(db, datasetId, writer, groupId, events)
    return groupId
  })
}

/** Entries that are written between two pauses: of about ten milliseconds. */
const writtenAtOnce = 2000

/**
 * The same, and lets others come in between. So that nobody sees half of it, not even after a crash, many entries are undone before they are written, and
 * done again once all are there: three groups of the log. Others must not write to the dataset's log meanwhile.
 */
export async function addLabelEventsInTurns(
  db: Db,
  datasetId: number,
  writer: LabelWriter,
  events: readonly NewLabelEvent[],
  pause: () => Promise<void>,
): Promise<void> {
  if (events.length <= writtenAtOnce) {
    addLabelEvents(db, datasetId, writer, events)
    return
  }
  const [undoId, groupId] = inTransaction(db, () => {
    const id = nextId(db)
    addUndo(db, datasetId, writer, 'undo', id + 1)
    insertEvents(db, datasetId, writer, id + 1, events.slice(0, writtenAtOnce))
    return [id, id + 1]
  })
  for (let from = writtenAtOnce; from < events.length; from += writtenAtOnce) {
    await pause()
    inTransaction(db, () =>
      insertEvents(db, datasetId, writer, groupId, events.slice(from, from + writtenAtOnce)),
    )
  }
  await pause()
  addUndo(db, datasetId, writer, 'redo', undoId)
}

function insertEvents(
  db: Db,
  datasetId: number,
  { atMs, byWhom }: LabelWriter,
  groupId: number,
  events: readonly NewLabelEvent[],
): void {
  const insert = statement(
    db,
    `INSERT INTO label_events (dataset_id, group_id, at_ms, by_whom, kind, image_id, from_class, value, prediction)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const { imageId, change, fromClass } of events) {
    const from = change.kind === 'label' || change.kind === 'verdict' ? fromClass : ''
    const prediction = change.kind === 'verdict' ? change.prediction : ''
    insert.run(datasetId, groupId, atMs, byWhom, change.kind, imageId, from, valueOf(change), prediction)
  }
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

/** Whether the group is a verdict: it changes no label. */
export function isVerdict(db: Db, groupId: number): boolean {
  const row = statement<{ kind: string }>(db, 'SELECT kind FROM label_events WHERE id = ?').get(groupId)
  return row?.kind === 'verdict'
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

/** Entries that are read between two pauses: of about ten milliseconds. */
const readAtOnce = 2000
/** Fewer than these are read at once. */
const fewEntries = 4000

/** The same, and lets others come in between: afterwards `labelLog` has it until the log has another entry. */
export async function labelLogInTurns(
  db: Db,
  datasetId: number,
  pause: () => Promise<void>,
): Promise<LabelLog> {
  let known = folded.get(db)
  if (known === undefined) folded.set(db, (known = new Map()))
  for (;;) {
    const last = known.get(datasetId)
    const revision = labelRevision(db, datasetId)
    if (last?.revision === revision) return last
    if (entriesBetween(db, datasetId, last?.revision ?? 0, fewEntries) < fewEntries && last !== undefined) {
      const added = readEvents(db, datasetId, last.revision)
      if (canContinue(added)) return labelLog(db, datasetId)
    }
    const groups = await labelGroupsInTurns(db, datasetId, pause)
    if (labelRevision(db, datasetId) !== revision) continue
    const fold = labelFold(groups)
    for (let after = 0; after < revision;) {
      const page = readEvents(db, datasetId, after, readAtOnce)
      fold.add(page)
      after = page.at(-1)?.id ?? revision
      await pause()
    }
    const log = fold.end()
    // Another entry since: it may undo what was folded.
    if (log.revision !== revision || labelRevision(db, datasetId) !== revision) continue
    const states = new Map<string, LabelState>()
    for (const [identity, state] of log.states) {
      states.set(identity, keptState(state, last?.states.get(identity)))
      if (states.size % 20_000 === 0) await pause()
    }
    if (labelRevision(db, datasetId) === revision) known.set(datasetId, { ...log, states })
  }
}

/** At most `most`. */
function entriesBetween(db: Db, datasetId: number, after: number, most: number): number {
  return (
    statement<{ count: number }>(
      db,
      'SELECT count(*) AS count FROM (SELECT 1 FROM label_events WHERE dataset_id = ? AND id > ? LIMIT ?)',
    ).get(datasetId, after, most)?.count ?? 0
  )
}

/** All groups of the log, in its order. */
export async function labelGroupsInTurns(
  db: Db,
  datasetId: number,
  pause: () => Promise<void>,
): Promise<LabelGroup[]> {
  const placeAfter = statement<{ id: number }>(
    db,
    `SELECT id FROM label_events WHERE dataset_id = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ${String(10 * readAtOnce)}`,
  )
  const between = statement<{ id: number; kind: LabelEvent['kind']; undoes: number | null }>(
    db,
    // The first entry of each.
    'SELECT id, kind, undoes FROM label_events WHERE dataset_id = ? AND id > ? AND id <= ? AND id = group_id ORDER BY id',
  )
  const groups: LabelGroup[] = []
  for (let after = 0; ;) {
    const end = placeAfter.get(datasetId, after)?.id ?? null
    for (const { id, kind, undoes } of between.all(datasetId, after, end ?? Number.MAX_SAFE_INTEGER))
      groups.push({ groupId: id, kind, undoes })
    if (end === null) return groups
    after = end
    await pause()
  }
}

/** The new log, with the states of the earlier one where they say the same: so that it is seen which images an undo is of. */
function keptStates(log: LabelLog, last: LabelLog | undefined): LabelLog {
  if (last === undefined) return log
  const states = new Map<string, LabelState>()
  for (const [identity, state] of log.states)
    states.set(identity, keptState(state, last.states.get(identity)))
  return { ...log, states }
}

function keptState(state: LabelState, before: LabelState | undefined): LabelState {
  if (before === undefined) return state
  const isSame =
    before.className === state.className &&
    before.excluded === state.excluded &&
    before.note === state.note &&
    before.sourceClass === state.sourceClass &&
    before.undoneClass === state.undoneClass &&
    before.wasExcluded === state.wasExcluded &&
    before.image.imageId === state.image.imageId &&
    before.tags.length === state.tags.length &&
    before.tags.every((tag, place) => tag === state.tags[place])
  return isSame ? before : state
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

const groupTexts = new WeakMap<Db, Map<number, string>>()

/** What a group did, e.g. `"Iris" for 3 images`. Of one that is whole, and so never changes. */
export function groupText(db: Db, groupId: number): string {
  let known = groupTexts.get(db)
  if (known === undefined) groupTexts.set(db, (known = new Map()))
  let text = known.get(groupId)
  if (text === undefined) known.set(groupId, (text = readGroupText(db, groupId)))
  return text
}

function readGroupText(db: Db, groupId: number): string {
  const rows = statement<{ kind: NewLabelEvent['change']['kind']; value: string; count: number }>(
    db,
    // No entry of a group is before the one that it is called by.
    `SELECT kind, value, count(*) AS count FROM label_events WHERE id >= ? AND group_id = ?
     GROUP BY kind, value ORDER BY min(id) LIMIT 3`,
  ).all(groupId, groupId)
  const [first, ...others] = rows
  if (first === undefined) return ''
  if (others.length > 0 && first.kind === 'label') {
    const all = statement<{ count: number; kinds: number }>(
      db,
      'SELECT count(*) AS count, count(DISTINCT kind) AS kinds FROM label_events WHERE id >= ? AND group_id = ?',
    ).get(groupId, groupId)
    if (all?.kinds === 1) return `other classes for ${String(all.count)} images`
  }
  const images = first.count === 1 ? '1 image' : `${String(first.count)} images`
  return `${wordsOf(first.kind, first.value)} ${images}${others.length > 0 ? ', and more' : ''}`
}

/** The group that an undo is of. */
export function undoneBy(db: Db, undoId: number): number {
  return (
    statement<{ undoes: number | null }>(db, 'SELECT undoes FROM label_events WHERE id = ?').get(undoId)
      ?.undoes ?? undoId
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
     WHERE label_events.dataset_id = ? AND kind <> 'verdict' ORDER BY label_events.id`,
  ).all(datasetId)
  return new Map(rows.map((row) => [`${row.hash} ${row.path}`, { atMs: row.at_ms, byWhom: row.by_whom }]))
}

/** Those after the entry `after`. */
function readEvents(db: Db, datasetId: number, after: number, most = -1): LabelEvent[] {
  return statement<EventRow>(
    db,
    `SELECT label_events.id, group_id, kind, image_id, path, lower(hex(content_hash)) AS hash, from_class, value, undoes
     FROM label_events LEFT JOIN images ON images.id = image_id WHERE label_events.dataset_id = ? AND label_events.id > ?
     ORDER BY label_events.id LIMIT ?`,
  )
    .all(datasetId, after, most)
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

function valueOf(change: NewLabelEvent['change']): string {
  switch (change.kind) {
    case 'label':
      return change.className
    case 'note':
      return change.text
    case 'tag':
    case 'untag':
      return change.tag
    case 'verdict':
      return change.answer
    case 'exclude':
    case 'restore':
      return ''
  }
}

function wordsOf(kind: NewLabelEvent['change']['kind'], value: string): string {
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
    case 'verdict':
      return value === '' ? 'no verdict on' : `the verdict "${value}" on`
  }
}

function nextId(db: Db): number {
  const last = statement<{ seq: number }>(
    db,
    "SELECT seq FROM sqlite_sequence WHERE name = 'label_events'",
  ).get()
  return (last?.seq ?? 0) + 1
}
