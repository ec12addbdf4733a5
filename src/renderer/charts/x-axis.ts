/** The axis along a run: in steps, epochs, or time. Its plane is what lies evenly across the chart: the values, or their logarithms. */
import type { Span } from './column-places'
import { exponent } from './format-axis'
import { evenTicks } from './scale'

export type XKind = 'step' | 'epoch' | 'relative' | 'wall'

export interface XAxis {
  readonly kind: XKind
  readonly isLog: boolean
}

export const xNames: Readonly<Record<XKind, string>> = {
  step: 'step',
  epoch: 'epoch',
  relative: 'training time',
  wall: 'time of day',
}

/** NaN where it has no place: zero on a log axis. A time of day has no logarithm that says anything. */
export function toPlane(axis: XAxis, x: number): number {
  if (!axis.isLog || axis.kind === 'wall') return x
  return x > 0 ? Math.log10(x) : Number.NaN
}

export function fromPlane(axis: XAxis, at: number): number {
  return axis.isLog && axis.kind !== 'wall' ? 10 ** at : at
}

/** Round values within the span, about `count` of them, with where they stand and what they say. */
export function xTicks(axis: XAxis, span: Span, count: number): { at: number; text: string }[] {
  const isLog = axis.isLog && axis.kind !== 'wall'
  const from = fromPlane(axis, span.from)
  const to = fromPlane(axis, span.to)
  if (!(to > from)) return []
  const values = isLog && to / from > 20 ? decades(from, to, count) : roundValues(axis.kind, from, to, count)
  return values.map((value) => ({ at: toPlane(axis, value), text: xText(axis.kind, value, to - from) }))
}

/** `spanOf`: how much is shown; seconds are told only where they tell anything. */
export function xText(kind: XKind, value: number, spanOf: number): string {
  switch (kind) {
    case 'step':
      return Math.round(value).toLocaleString('en')
    case 'epoch':
      return value >= 1e5
        ? exponent(value, 3)
        : String(Number(value.toFixed(spanOf < 0.05 ? 4 : spanOf < 5 ? 2 : 1)))
    case 'relative':
      return durationText(value, spanOf)
    case 'wall':
      return timeText(value, spanOf)
  }
}

function decades(from: number, to: number, count: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)))
  const powers: number[] = []
  for (let power = first; power <= last; power += stride) powers.push(10 ** power)
  return powers
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const timeSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * day),
]

function roundValues(kind: XKind, from: number, to: number, count: number): number[] {
  if (kind === 'step') return evenTicks(from, to, count, 1)
  if (kind === 'epoch') return evenTicks(from, to, count)
  const step = timeSteps.find((candidate) => (to - from) / candidate <= count) ?? (to - from) / count
  // whole hours and days are those of the clock on the wall
  const shift = kind === 'wall' ? new Date(from).getTimezoneOffset() * minute : 0
  const values: number[] = []
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) values.push(at)
  return values
}

function durationText(ms: number, spanOf: number): string {
  const seconds = ms / second
  if (spanOf < 2 * second) return `${Number(seconds.toFixed(3))} s`
  if (spanOf < 3 * minute) return `${Number(seconds.toFixed(1))} s`
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (spanOf < 3 * hour)
    return seconds < 3600
      ? `${minutes}:${two(Math.round(seconds % 60))} min`
      : `${hours}:${two(minutes % 60)}:${two(Math.round(seconds % 60))}`
  return `${hours}:${two(minutes % 60)} h`
}

function timeText(atMs: number, spanOf: number): string {
  const at = new Date(atMs)
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`
  if (spanOf < 10 * minute) return `${clock}:${two(at.getSeconds())}`
  if (spanOf < day) return clock
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return spanOf < 4 * day ? `${date.slice(5)} ${clock}` : date
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
