/** Axes: where a value stands, and which values are worth a line. */

export type ScaleKind = 'log' | 'linear'

export interface Scale {
  readonly kind: ScaleKind
  readonly low: number
  readonly high: number
  /** Share of the height, from the top: 0 is `high`, 1 is `low`. Values outside are drawn at the edge. */
  at(value: number): number
  readonly ticks: readonly number[]
}

/** An axis over [low, high] that is widened a little, so that no curve lies on the frame. */
export function makeScale(kind: ScaleKind, low: number, high: number, exact = false): Scale {
  return kind === 'log' ? logScale(low, high, exact) : linearScale(low, high, exact)
}

/** Least and greatest finite value (positive ones alone on a log axis), or null where there is none. */
export function rangeOf(kind: ScaleKind, ...lists: readonly Iterable<number>[]): [number, number] | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value) || (kind === 'log' && value <= 0)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return low <= high ? [low, high] : null
}

function linearScale(low: number, high: number, exact: boolean): Scale {
  const span = high - low || Math.abs(high) || 1
  const step = niceStep(span, 5)
  const bottom = exact ? low : Math.floor((low - span * 0.02) / step) * step
  const top = exact ? high : high + span * 0.04
  const from = low >= 0 ? Math.max(0, bottom) : bottom
  return {
    kind: 'linear',
    low: from,
    high: top,
    at: (value) => clamp((top - value) / (top - from || 1)),
    ticks: multiples(from, top, step),
  }
}

function logScale(low: number, high: number, exact: boolean): Scale {
  const bottom = Math.log10(low) - (exact ? 0 : 0.06)
  const top = Math.log10(high) + (exact ? 0 : 0.06)
  const span = top - bottom || 1
  // Few decades: 1, 2, 5; some: 1, 3; many: whole ones.
  const leads = span < 1.2 ? [1, 2, 3, 5, 7] : span < 3.2 ? [1, 3] : [1]
  const ticks: number[] = []
  for (let decade = Math.floor(bottom); decade <= Math.ceil(top); decade++) {
    for (const lead of leads) {
      const tick = Number(`${lead}e${decade}`)
      const place = Math.log10(tick)
      if (place >= bottom - 1e-9 && place <= top + 1e-9) ticks.push(tick)
    }
  }
  const shown = ticks.length >= 2 ? ticks : spread(bottom, top)
  return {
    kind: 'log',
    low: 10 ** bottom,
    high: 10 ** top,
    at: (value) => (value > 0 ? clamp((top - Math.log10(value)) / span) : 1),
    ticks: shown,
  }
}

/** A range within one decade: round numbers in it. */
function spread(bottom: number, top: number): number[] {
  const low = 10 ** bottom
  const high = 10 ** top
  return multiples(low, high, niceStep(high - low, 4))
}

/** Round values within [from, to], about `count` of them, never closer than `least`. */
export function evenTicks(from: number, to: number, count: number, least = 0): number[] {
  return to > from ? multiples(from, to, Math.max(least, niceStep(to - from, Math.max(1, count)))) : [from]
}

/** 1, 2, 2.5 or 5 times a power of ten, near span ÷ count. */
function niceStep(span: number, count: number): number {
  const rough = span / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const lead = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10
  return lead * power
}

function multiples(low: number, high: number, step: number): number[] {
  // a range that is a point, or too narrow for its size to be counted in
  if (!(step > 0) || !Number.isSafeInteger(Math.ceil(high / step) + 1)) return [low]
  const ticks: number[] = []
  const first = Math.ceil(low / step - 1e-9)
  for (let index = first; index * step <= high + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)))
  }
  return ticks
}

function clamp(share: number): number {
  return share < 0 ? 0 : share > 1 ? 1 : share
}
