/** The rows of a list by groups, of which some are closed. Pure. */
import type { RunGroup } from '../../../contract/entities/run-list'

/** At each place the index of a run, or, below 0, −1 − the index of a group whose row it is. */
export function shownRows(
  runCount: number,
  groups: readonly RunGroup[],
  closed: ReadonlySet<string>,
): Int32Array {
  if (groups.length === 0) return Int32Array.from({ length: runCount }, (_, index) => index)
  const rows: number[] = []
  let at = 0
  for (const [index, { key, count }] of groups.entries()) {
    rows.push(-1 - index)
    if (!closed.has(key)) for (let run = at; run < at + count; run++) rows.push(run)
    at += count
  }
  return Int32Array.from(rows)
}

/** What a list of so many rows has in the document when it is scrolled so far. */
export function rowWindow(
  count: number,
  { scrollPx, heightPx, rowPx }: { scrollPx: number; heightPx: number; rowPx: number },
): { readonly first: number; readonly end: number } {
  const overscan = 10
  const first = Math.max(0, Math.min(count, Math.floor(scrollPx / rowPx)) - overscan)
  return { first, end: Math.min(count, Math.ceil((scrollPx + heightPx) / rowPx) + overscan) }
}
