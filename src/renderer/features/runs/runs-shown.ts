/** What the Runs screen shows, in its address: query, order, grouping, and columns where they are not the usual ones of this visitor. Pure. */
import type { SavedQuery } from '../../../contract/entities/saved-query'

export interface RunsShown {
  readonly query: string
  readonly sort: string
  readonly groupBy: string
  readonly columns: readonly string[]
}

export function shownOfView({ query, table }: Pick<SavedQuery, 'query' | 'table'>): RunsShown | null {
  return table === null ? null : { query, ...table }
}

export function isSameRunsShown(one: RunsShown, other: RunsShown | null): boolean {
  return JSON.stringify(parts(one)) === JSON.stringify(other === null ? null : parts(other))
}

/** For `hrefTo`. */
export function runsAddress({
  query,
  sort,
  groupBy,
  columns,
}: RunsShown): Record<string, string | undefined> {
  return {
    ...{ q: query, sort, group: groupBy === 'none' ? undefined : groupBy },
    columns: columns.length === 0 ? undefined : columns.join(' '),
  }
}

function parts({ query, sort, groupBy, columns }: RunsShown): unknown[] {
  return [query, sort, groupBy, [...columns].sort()]
}
