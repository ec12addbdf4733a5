/** Queries about rows that are few enough to be looked at one by one. */
import type { BoundQuery, Test } from './bound'
import { foldCase } from './fold-case'
import { fitsPieces } from './pieces'

/** What a row has in a column; null: nothing, which no test fits. Of several texts, a test fits any. */
export type RowValue = (column: string) => number | string | readonly string[] | null

/** Those that fulfil the query, in its order; without one, and where rows are equal, as they are given. */
export function foundRows<Row>(
  rows: readonly Row[],
  { test, order }: BoundQuery,
  valueOf: (row: Row) => RowValue,
): Row[] {
  const found: { row: Row; keys: ReturnType<RowValue>[] }[] = []
  for (const row of rows) {
    const value = valueOf(row)
    if (fits(test, value)) found.push({ row, keys: order.map(({ column }) => value(column)) })
  }
  found.sort((a, b) => {
    for (const [at, { descending }] of order.entries()) {
      const [x = null, y = null] = [a.keys[at], b.keys[at]]
      // What is not there comes last, whichever the way.
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1
        continue
      }
      const by = typeof x === 'number' ? x - Number(y) : naturalOrder.compare(String(x), String(y))
      if (by !== 0) return descending ? -by : by
    }
    return 0
  })
  return found.map(({ row }) => row)
}

const naturalOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function fits(test: Test, value: RowValue): boolean {
  switch (test.kind) {
    case 'every':
      return true
    case 'not':
      return !fits(test.term, value)
    case 'and':
      return test.terms.every((term) => fits(term, value))
    case 'or':
      return test.terms.some((term) => fits(term, value))
    case 'like':
    case 'among':
      return false // rows that are looked at one by one are no images
    case 'codes': {
      const code = value(test.column)
      return typeof code === 'number' && test.codes.includes(code)
    }
    case 'text': {
      const found = value(test.column)
      if (found === null || typeof found === 'number') return false
      const texts = typeof found === 'string' ? [found] : found
      return texts.some((text) => fitsPieces(foldCase(text), test.pieces, test.isWhole))
    }
    case 'number': {
      const number = value(test.column)
      if (typeof number !== 'number') return false
      const { low, high, isLowOpen, isHighOpen } = test
      return (isLowOpen ? number > low : number >= low) && (isHighOpen ? number < high : number <= high)
    }
  }
}
