/** The orders that the screen of a dataset offers; a query may ask for others. Pure. */
import { setSort, valuesOf } from '../../../domain/query/edit'
import { parseQuery } from '../../../domain/query/parse'

export const imageOrders = ['', 'path', 'class', 'split', '-width', 'width', '-bytes', 'bytes'] as const
export type ImageOrder = (typeof imageOrders)[number]

export const imageOrderNames: Readonly<Record<ImageOrder, string>> = {
  '': 'As imported',
  path: 'By path',
  class: 'By class',
  split: 'By part',
  '-width': 'Widest first',
  width: 'Narrowest first',
  '-bytes': 'Largest file first',
  bytes: 'Smallest file first',
}

/** null: another one. What is like an image comes by likeness. */
export function imageOrderOf(query: string): ImageOrder | null {
  const { sort } = parseQuery(query).query
  const written = sort.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join()
  if (written === '' && valuesOf(query, 'images', 'like').asked.length > 0) return null
  return imageOrders.find((order) => order === written) ?? null
}

export function withImageOrder(query: string, order: ImageOrder): string {
  return setSort(
    query,
    order === '' ? null : { field: order.replace('-', ''), descending: order.startsWith('-') },
  )
}
