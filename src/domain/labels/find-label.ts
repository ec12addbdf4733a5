/** What the log says of an image that may have moved since. Pure. */
import { identityOf, type ImageIdentity, type LabelState } from './label-log'

type Identity = Pick<ImageIdentity, 'key' | 'contentHash'>

/**
 * By key and content; else, where an image with that content was at a key that is there no longer (`isThere`), what was said of that: it moved. Of several
 * the last.
 */
export function labelFinder(
  states: ReadonlyMap<string, LabelState>,
  isThere: (identity: Identity) => boolean,
): (identity: Identity) => LabelState | null {
  return (wanted) => {
    const exact = states.get(identityOf(wanted))
    if (exact !== undefined) return exact
    return (
      statesByContent(states)
        .get(wanted.contentHash)
        ?.findLast(({ image }) => !isThere(image)) ?? null
    )
  }
}

/**
 * The class of an image that something calls `className`. What an undone change said may be that: then the class before it. `isMoved`: of a file that is at
 * another place since, that place says more.
 */
export function classNow(state: LabelState | null, className: string, isMoved = false): string {
  if (state === null) return className
  const undone = !isMoved && state.undoneClass === className ? state.sourceClass : null
  return state.className ?? undone ?? className
}

const knownGroups = new WeakMap<ReadonlyMap<string, LabelState>, Map<string, LabelState[]>>()

/** Worked out once: the states of a log never change. */
export function statesByContent(
  states: ReadonlyMap<string, LabelState>,
): ReadonlyMap<string, readonly LabelState[]> {
  const known = knownGroups.get(states)
  if (known !== undefined) return known
  const groups = new Map<string, LabelState[]>()
  knownGroups.set(states, groups)
  for (const state of states.values()) {
    const { contentHash } = state.image
    const known = groups.get(contentHash)
    if (known === undefined) groups.set(contentHash, [state])
    else known.push(state)
  }
  return groups
}
