/** Rows of a prediction as CSV (RFC 4180): path, error, then class and probability of the most probable ones. Pure. */
import { topCount, type PredictRow } from '../../../contract/entities/predict'

export function predictCsv(rows: readonly PredictRow[]): string {
  const ranks = Array.from({ length: topCount }, (_, rank) => rank)
  const head = ['path', 'error', ...ranks.flatMap((rank) => [`class_${rank + 1}`, `probability_${rank + 1}`])]
  const lines = rows.map(({ path, error, top }) => [
    path,
    error?.message ?? '',
    ...ranks.flatMap((rank) => [top[rank]?.name ?? '', top[rank]?.probability.toFixed(6) ?? '']),
  ])
  return [head, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('')
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
