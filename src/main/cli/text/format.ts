/** Numbers and tables as plain text. */
import { safeLine } from './safe-text'
import type { Accuracy, Measures } from '../../../contract/entities/run'
import { evaluatedCount } from '../../../domain/rules/measure-words'

export { formatCount as count, plural } from '../../../domain/figures'

/** Columns aligned by spaces; those named in `right` (from 0) to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = []
  const safe = rows.map((row) => row.map(safeLine))
  for (const row of safe) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, lengthOf(cell))
    })
  }
  const pad = (cell: string, column: number): string => {
    const space = ' '.repeat((widths[column] ?? 0) - lengthOf(cell))
    return right.includes(column) ? space + cell : cell + space
  }
  return safe.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

/** E.g. 41 s, 2 min 05 s, 3 h 12 min, 5 days. */
export function duration(elapsedMs: number): string {
  const seconds = Math.max(0, Math.round(elapsedMs / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`
  if (minutes >= 100 * 60) return `${Math.round(minutes / 60 / 24)} days`
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`
}

export function bytes(byteCount: number): string {
  if (byteCount < 1000) return `${byteCount} B`
  if (byteCount < 1e6) return `${(byteCount / 1e3).toFixed(0)} kB`
  if (byteCount < 1e9) return `${(byteCount / 1e6).toFixed(1)} MB`
  return `${(byteCount / 1e9).toFixed(2)} GB`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** The share of images that are right, with its interval, and with what it was counted on. */
export function accuracyText(accuracy: Accuracy, measures: Measures | null): string {
  const { value, low, high, correct } = accuracy
  const of = evaluatedCount(accuracy, measures)
  return `${percent(value)} (${correct} of ${of} ${of === '1' ? 'image' : 'images'} right; 95 % interval ${(low * 100).toFixed(1)}–${percent(high)})`
}

/** The machine's own time. */
export function time(atMs: number): string {
  const date = new Date(atMs)
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
  return `${day} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

/** In characters, not in UTF-16 units; names from folders may carry any script. */
function lengthOf(text: string): number {
  return [...text].length
}
