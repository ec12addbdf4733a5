/** Which places of a list are chosen, as ranges: all of a million is one range. Pure. */

/** [first, end, first, end, …]: each end is the place behind a range. Ascending; no two ranges touch. */
export type Selection = readonly number[]

export const nothingChosen: Selection = []

/** From one place to another, both included, whichever is first. */
export function rangeOf(one: number, other: number): Selection {
  return [Math.min(one, other), Math.max(one, other) + 1]
}

export function isChosen(selection: Selection, index: number): boolean {
  // An odd number of bounds at or before a place: a range began and did not end.
  return countBelow(selection, index + 1) % 2 === 1
}

export function chosenCount(selection: Selection): number {
  return selection.reduce((sum, bound, at) => sum + (at % 2 === 0 ? -bound : bound), 0)
}

/** The same with one place more, or with one place less. */
export function toggled(selection: Selection, index: number): Selection {
  // Each bound turns what is behind it from chosen to not chosen or back: two at one place cancel.
  return [index, index + 1].reduce<Selection>((bounds, bound) => {
    const at = countBelow(bounds, bound)
    const rest = bounds.slice(bounds[at] === bound ? at + 1 : at)
    return [...bounds.slice(0, at), ...(bounds[at] === bound ? [] : [bound]), ...rest]
  }, selection)
}

/** What is in either of them. */
export function joined(selection: Selection, more: Selection): Selection {
  let bounds = selection
  for (let at = 0; at + 1 < more.length; at += 2) {
    const [first, end] = [more[at] ?? 0, more[at + 1] ?? 0]
    const before = bounds.filter((bound) => bound < first)
    const behind = bounds.filter((bound) => bound > end)
    bounds = [
      ...before,
      ...(before.length % 2 === 0 ? [first] : []),
      ...(behind.length % 2 === 0 ? [end] : []),
      ...behind,
    ]
  }
  return bounds
}

/** What stands at the chosen places, in the order of the list. */
export function chosenOf(selection: Selection, list: ArrayLike<number>): number[] {
  const found: number[] = []
  for (let at = 0; at + 1 < selection.length; at += 2) {
    const end = Math.min(selection[at + 1] ?? 0, list.length)
    for (let index = selection[at] ?? 0; index < end; index++) found.push(list[index] ?? 0)
  }
  return found
}

/** The same numbers in another list: what it does not have is no longer chosen. */
export function chosenIn(selection: Selection, list: ArrayLike<number>, other: ArrayLike<number>): Selection {
  if (selection.length === 0 || isSame(list, other)) return selection
  const chosen = new Set(chosenOf(selection, list))
  const bounds: number[] = []
  let inside = false
  for (let index = 0; index < other.length; index++) {
    if (chosen.has(other[index] ?? 0) === inside) continue
    inside = !inside
    bounds.push(index)
  }
  return inside ? [...bounds, other.length] : bounds
}

function isSame(list: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (list.length !== other.length) return false
  for (let index = 0; index < list.length; index++) if (list[index] !== other[index]) return false
  return true
}

/** How many of the ascending bounds are below a value. */
function countBelow(bounds: Selection, value: number): number {
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((bounds[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
