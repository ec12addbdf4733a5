/** The log of label changes and verdicts, folded. Pure. An entry never changes: undo and redo are entries themselves. */
import type { ImageLabel, LabelChange } from '../../contract/entities/label'

export interface LabelEvent {
  readonly id: number
  /** What was done at once: undone at once. */
  readonly groupId: number
  /** Images are told by content and key: the same bytes at two places may need two answers. null: an undo or redo, which is of a group. */
  readonly image: ImageIdentity | null
  readonly kind: LabelChange['kind'] | 'verdict' | 'undo' | 'redo'
  /** The class that the image had; of a verdict the label that it is about; '' for other kinds. */
  readonly from: string
  /** The class, the note, the tag, the answer. */
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
  /** Groups that were undone before they were written: until that is taken back they count for nothing. */
  readonly ahead: ReadonlySet<number>
}

export function identityOf({ key, contentHash }: Pick<ImageIdentity, 'key' | 'contentHash'>): string {
  return `${contentHash} ${key}`
}

/** What was done at once, without its images. */
export type LabelGroup = Pick<LabelEvent, 'groupId' | 'kind' | 'undoes'>

/**
 * `events` by their ids. `before`: the fold of those before them, which stays as it is; an undo or redo needs all of the log, and is refused with a
 * RangeError.
 */
export function foldLabels(events: readonly LabelEvent[], before: LabelLog | null = null): LabelLog {
  if (before !== null && !canContinue(events))
    throw new RangeError('What was undone is known from all of the log')
  const fold = labelFold(events, before)
  fold.add(events)
  return fold.end()
}

/** For events that come in pieces. `groups`: those of all of them, in the order of the log; one may come again with each of its events. */
export function labelFold(
  groups: readonly LabelGroup[],
  before: LabelLog | null = null,
): { add(events: readonly LabelEvent[]): void; end(): LabelLog } {
  const { undone, undo, redo, ahead } = undoneGroups(groups, before)
  const states = new Map<string, LabelState>(before?.states)
  const own = new Map<string, { -readonly [Key in keyof LabelState]: LabelState[Key] }>()
  let revision = 0
  return {
    add(events) {
      for (const { id, groupId, image, kind, from, value } of events) {
        revision = id
        // What is said of a prediction changes no label.
        if (image === null || kind === 'verdict') continue
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
    },
    end: () => ({ revision, states, undo, redo, ahead }),
  }
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

/**
 * The changes among the groups, in their order, each with the undo that takes it back; null: it stands. Without those that were undone before they were
 * written and never done: they may not be whole.
 */
export function standingGroups(
  groups: readonly LabelGroup[],
): { readonly groupId: number; readonly undoneBy: number | null }[] {
  const undoneBy = new Map<number, number>()
  for (const { groupId, kind, undoes } of newestFirst(groups)) {
    if ((kind === 'undo' || kind === 'redo') && !undoneBy.has(groupId) && undoes !== null)
      undoneBy.set(undoes, groupId)
  }
  return groups
    .filter(({ kind }) => kind !== 'undo' && kind !== 'redo')
    .map(({ groupId }) => ({ groupId, undoneBy: undoneBy.get(groupId) ?? null }))
    .filter(({ groupId, undoneBy: undo }) => undo === null || undo > groupId)
}

/** Newest first: whether an undo counts is known before what it undoes. A change after an undo ends what can be done again. */
function undoneGroups(
  groups: readonly LabelGroup[],
  before: LabelLog | null,
): Pick<LabelLog, 'undo' | 'redo' | 'ahead'> & { undone: ReadonlySet<number> } {
  const undone = new Set<number>(before?.ahead)
  const ahead = new Set<number>(before?.ahead)
  let lastUndo: number | null = null
  for (const { groupId, kind, undoes } of newestFirst(groups)) {
    if ((kind !== 'undo' && kind !== 'redo') || undone.has(groupId) || undoes === null) continue
    undone.add(undoes)
    if (undoes > groupId) ahead.add(undoes)
    else if (kind === 'undo') lastUndo ??= groupId
  }
  let lastChange: number | null = null
  let undo: number | null = null
  for (const { groupId, kind } of newestFirst(groups)) {
    if (kind === 'undo' || kind === 'redo') continue
    lastChange ??= groupId
    if (!undone.has(groupId)) undo ??= groupId
  }
  const redo = lastUndo !== null && lastUndo > (lastChange ?? 0) ? lastUndo : null
  return { undone, ahead, undo: undo ?? before?.undo ?? null, redo }
}

/** Each once, though it comes with each of its events. */
function* newestFirst(groups: readonly LabelGroup[]): Generator<LabelGroup> {
  for (let place = groups.length - 1; place >= 0; place--) {
    const group = groups[place]
    if (group !== undefined && group.groupId !== groups[place - 1]?.groupId) yield group
  }
}
