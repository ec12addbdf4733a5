/** How wide the side panes of a screen are: as they were left, within what leaves the middle enough. Pure, but for the store. */

/** A pane at the start or the end of a screen's row. */
export interface SidePane {
  /** What the line beside it resizes, e.g. 'Filter'. */
  readonly label: string
  /** Until someone changes it; in a narrow window (see `narrowWindowPx`) a sixth less. */
  readonly widthPx: number
  readonly leastPx: number
}

/** Where a pane may end. */
export interface PaneRange {
  readonly leastPx: number
  readonly mostPx: number
}

const narrowWindowPx = 1360
/** The middle's least width, where the side panes can give it. */
const middlePx = 360

export function firstWidth(pane: SidePane, roomPx: number): number {
  return Math.max(pane.leastPx, Math.round(roomPx < narrowWindowPx ? (pane.widthPx * 5) / 6 : pane.widthPx))
}

/** `otherPx`: what the pane on the other side takes. */
export function rangeOf(pane: SidePane, otherPx: number, roomPx: number): PaneRange {
  return { leastPx: pane.leastPx, mostPx: Math.max(pane.leastPx, Math.floor(roomPx - otherPx - middlePx)) }
}

export function within(widthPx: number, { leastPx, mostPx }: PaneRange): number {
  return Math.min(mostPx, Math.max(leastPx, Math.round(widthPx)))
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const keyOf = (name: string): string => `bitw.pane.${name}`

/** The width that a pane was given; null where it never was, or where the store was written by someone else. */
export function keptWidth(store: Store, name: string): number | null {
  const text = store.getItem(keyOf(name)) ?? ''
  return /^\d{2,4}$/.test(text) ? Number(text) : null
}

/** null: as before anyone changed it. */
export function keepWidth(store: Store, name: string, widthPx: number | null): void {
  if (widthPx === null) store.removeItem(keyOf(name))
  else store.setItem(keyOf(name), String(Math.round(widthPx)))
}
