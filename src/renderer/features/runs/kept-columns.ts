/** The columns that someone chose, from visit to visit. */
import { choosable, usualColumns } from './run-columns'

const key = 'runs.columns'

export function keptColumns(storage: Pick<Storage, 'getItem'>): readonly string[] {
  const kept = storage.getItem(key)
  if (kept === null) return usualColumns
  const known = new Set(choosable.map(({ id }) => id))
  return kept.split(' ').filter((id) => known.has(id))
}

export function keepColumns(storage: Pick<Storage, 'setItem'>, chosen: readonly string[]): void {
  storage.setItem(key, chosen.join(' '))
}
