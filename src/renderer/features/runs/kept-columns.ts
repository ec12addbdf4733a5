/** The columns that someone chose, from visit to visit. */
import { choosable, usualColumns } from './run-columns'

const key = 'runs.columns'

export function keptColumns(storage: Pick<Storage, 'getItem'>): readonly string[] {
  const kept = storage.getItem(key)
  return kept === null ? usualColumns : knownColumns(kept)
}

/** Ids with spaces between them. */
export function knownColumns(text: string): readonly string[] {
  const known = new Set(choosable.map(({ id }) => id))
  return text.split(' ').filter((id) => known.has(id))
}

export function keepColumns(storage: Pick<Storage, 'setItem'>, chosen: readonly string[]): void {
  storage.setItem(key, chosen.join(' '))
}
