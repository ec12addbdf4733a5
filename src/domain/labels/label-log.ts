/** The log of label changes, folded. Pure. An entry never changes: undo and redo are entries themselves. */
import type { ImageLabel, LabelChange } from '../../contract/entities/label'

export interface LabelEvent {
  readonly id: number
  /** What was done at once: undone at once. */
  readonly groupId: number
  /** Images are told by content and key: the same bytes at two places may need two answers. null: an undo or redo, which is of a group. */
  readonly image: ImageIdentity | null
  readonly kind: LabelChange['kind'] | 'undo' | 'redo'
  /** The class that the image had; '' for other kinds. */
  readonly from: string
  /** The class, the note, the tag. */
  readonly value: string
  /** The group that an undo or redo is of: an undo of a change, a redo of an undo. */
  readonly undoes: number | null
}

export interface ImageIdentity {
  readonly imageId: number
  readonly key: string
  readonly contentHash: string
}

export type LabelState = Omit<ImageLabel, 'imageId' | 'path'> & {
  readonly image: ImageIdentity
  /** The class that it had before the first change: that of its source. null: its class was never changed. */
  readonly sourceClass: string | null
  /** What it was called by a change that was undone; null: none was. */
  readonly undoneClass: string | null
  /** Whether it was ever excluded: it may have left the dataset's version. */
  readonly wasExcluded: boolean
}

export interface LabelLog {
  /** Id of the last entry; 0 without any. */
  readonly revision: number
  /** By `identityOf`; without images of which the log says nothing any more but that a class was changed back. */
  readonly states: ReadonlyMap<string, LabelState>
  /** The group that is undone next, and the undo that is taken back next. */
  readonly undo: number | null
  readonly redo: number | null
}

export function identityOf({ key, contentHash }: Pick<ImageIdentity, 'key' | 'contentHash'>): string {
  return `${contentHash} ${key}`
}

/**
 * `events` by their ids. `before`: the fold of those before them, which stays as it is; an undo or redo needs all of the log, and is refused with a
 * RangeError.
 */
export function foldLabels(events: readonly LabelEvent[], before: LabelLog | null = null): LabelLog {
  if (before !== null && !canContinue(events))
    throw new RangeError('What was undone is known from all of the log')
  const { undone, undo, redo } = undoneGroups(events)
  const states = new Map<string, LabelState>(before?.states)
  const own = new Map<string, { -readonly [Key in keyof LabelState]: LabelState[Key] }>()
  for (const { groupId, image, kind, from, value } of events) {
    if (image === null) continue
    const identity = identityOf(image)
    let state = own.get(identity)
    if (state === undefined) {
      state = { ...(states.get(identity) ?? { image, ...nothingSaid }) }
      own.set(identity, state)
      states.set(identity, state)
    }
    if (kind === 'label') state.sourceClass ??= from
    if (kind === 'exclude') state.wasExcluded = true
    if (undone.has(groupId)) {
      if (kind === 'label') state.undoneClass = value
      continue
    }
    if (kind === 'label') state.className = value
    if (kind === 'exclude' || kind === 'restore') state.excluded = kind === 'exclude'
    if (kind === 'note') state.note = value
    if (kind === 'tag') state.tags = [...state.tags.filter((tag) => tag !== value), value].sort()
    if (kind === 'untag') state.tags = state.tags.filter((tag) => tag !== value)
  }
  return { revision: events.at(-1)?.id ?? 0, states, undo, redo }
}

/** Whether these entries say all by themselves. */
export function canContinue(events: readonly LabelEvent[]): boolean {
  return events.length > 0 && events.every(({ image }) => image !== null)
}

const nothingSaid = {
  className: null,
  excluded: false,
  note: '',
  tags: [],
  sourceClass: null,
  undoneClass: null,
  wasExcluded: false,
}

/** Newest first: whether an undo counts is known before what it undoes. A change after an undo ends what can be done again. */
function undoneGroups(events: readonly LabelEvent[]): {
  undone: ReadonlySet<number>
  undo: number | null
  redo: number | null
} {
  const undone = new Set<number>()
  let undo: number | null = null
  let redo: number | null = null
  let changedSince = false
  for (let place = events.length - 1; place >= 0; place--) {
    const event = events[place]
    if (event === undefined || event.groupId === events[place + 1]?.groupId) continue
    const { groupId, kind, undoes } = event
    if (kind === 'undo' || kind === 'redo') {
      if (undone.has(groupId)) continue
      if (undoes !== null) undone.add(undoes)
      if (kind === 'undo' && !changedSince) redo ??= groupId
    } else {
      changedSince = true
      if (!undone.has(groupId)) undo ??= groupId
    }
  }
  return { undone, undo, redo }
}
