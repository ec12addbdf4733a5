/** What is shown of an axis, as it is zoomed and moved: never beyond the whole. Pure. */
import type { Span } from './column-places'

/** Of the whole: closer there is nothing to see. */
const closest = 1e-5

/** `at` stays where it is. `factor` below 1 comes closer. */
export function zoomed(shown: Span, whole: Span, at: number, factor: number): Span {
  const least = (whole.to - whole.from) * closest
  const width = Math.max(least, Math.min(whole.to - whole.from, (shown.to - shown.from) * factor))
  const share = (at - shown.from) / (shown.to - shown.from || 1)
  return within({ from: at - share * width, to: at + (1 - share) * width }, whole)
}

/** By `share` of what is shown. */
export function panned(shown: Span, whole: Span, share: number): Span {
  const by = share * (shown.to - shown.from)
  return within({ from: shown.from + by, to: shown.to + by }, whole)
}

/** From one place to another, whichever is first. */
export function between(one: number, other: number, whole: Span): Span {
  const least = (whole.to - whole.from) * closest
  const [from, to] = one < other ? [one, other] : [other, one]
  return within({ from, to: Math.max(to, from + least) }, whole)
}

/** As wide as it was, moved into the whole; the whole where it is wider. */
export function within(shown: Span, whole: Span): Span {
  const width = shown.to - shown.from
  if (width >= whole.to - whole.from) return whole
  if (shown.from < whole.from) return { from: whole.from, to: whole.from + width }
  if (shown.to > whole.to) return { from: whole.to - width, to: whole.to }
  return shown
}
