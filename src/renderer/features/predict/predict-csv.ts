/** Rows of a prediction as CSV (RFC 4180): path, error, then class and probability of the most probable ones, and whether it is unsure. Pure. */
import { isUnsure } from '../../../domain/model/unsure'
import { topCount, type PredictRow } from '../../../contract/entities/predict'

export function predictCsv(
  rows: readonly PredictRow[],
  /** Not null: a last field says which are unsure. */
  threshold: number | null = null,
): string {
  const ranks = Array.from({ length: topCount }, (_, rank) => rank)
  const head = [
    ...['path', 'error'],
    ...ranks.flatMap((rank) => [`class_${rank + 1}`, `probability_${rank + 1}`]),
    ...(threshold === null ? [] : ['unsure']),
  ]
  const lines = rows.map(({ path, error, top }) => [
    path,
    error?.message ?? '',
    ...ranks.flatMap((rank) => [top[rank]?.name ?? '', top[rank]?.probability.toFixed(6) ?? '']),
    ...(threshold === null ? [] : [isUnsure(top, threshold) ? 'unsure' : '']),
  ])
  return [head, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('')
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
