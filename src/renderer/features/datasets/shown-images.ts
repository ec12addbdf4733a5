/** How the images of a dataset are shown, as the address has it: `?q=split:test&px=160`, `?as=list`. Pure. */
import type { SavedQuery } from '../../../contract/entities/saved-query'

export type Shown = Pick<SavedQuery, 'query' | 'layout' | 'rowPx'> & {
  readonly layout: 'grid' | 'list'
  readonly rowPx: number
}

const usualRowPx = 112
const [leastRowPx, mostRowPx] = [64, 320]

export function shownImages(address: Readonly<Record<string, string>>): Shown {
  const written = Number(address['px'])
  return {
    query: address['q'] ?? '',
    layout: address['as'] === 'list' ? 'list' : 'grid',
    rowPx: Number.isFinite(written) && written > 0 ? withinRowPx(written) : usualRowPx,
  }
}

/** The other way; what is as usual is left out. */
export function shownAddress({
  query,
  layout,
  rowPx,
}: Pick<SavedQuery, 'query' | 'layout' | 'rowPx'>): Readonly<Record<string, string | undefined>> {
  return {
    q: query,
    as: layout === 'list' ? 'list' : undefined,
    px: rowPx === null || rowPx === usualRowPx ? undefined : String(rowPx),
  }
}

export function isSameShown(one: Shown, view: Pick<SavedQuery, 'query' | 'layout' | 'rowPx'>): boolean {
  return (
    one.query === view.query &&
    one.layout === (view.layout ?? 'grid') &&
    one.rowPx === (view.rowPx ?? usualRowPx)
  )
}

export function withinRowPx(px: number): number {
  return Math.round(Math.min(mostRowPx, Math.max(leastRowPx, px)))
}
