/** Queries about rows that are few enough to be looked at one by one. */
import type { BoundQuery, Test } from './bound'
import { foldCase } from './fold-case'
import { fitsPieces } from './pieces'

/** What a row has in a column; null: nothing, which no test fits. */
export type RowValue = (column: string) => number | string | null

/** Those that fulfil the query, in its order; without one, and where rows are equal, as they are given. */
export function foundRows<Row>(
  rows: readonly Row[],
  { test, order }: BoundQuery,
  valueOf: (row: Row) => RowValue,
): Row[] {
  const found = rows.map((row) => ({ row, value: valueOf(row) })).filter(({ value }) => fits(test, value))
  found.sort((a, b) => {
    for (const { column, descending } of order) {
      const [x, y] = [a.value(column), b.value(column)]
      // What is not there comes last, whichever the way.
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1
        continue
      }
      const by = typeof x === 'string' ? naturalOrder.compare(x, String(y)) : x - Number(y)
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
      return false // rows that are looked at one by one are no images
    case 'codes': {
      const code = value(test.column)
      return typeof code === 'number' && test.codes.includes(code)
    }
    case 'text': {
      const text = value(test.column)
      return typeof text === 'string' && fitsPieces(foldCase(text), test.pieces, test.isWhole)
    }
    case 'number': {
      const number = value(test.column)
      if (typeof number !== 'number') return false
      const { low, high, isLowOpen, isHighOpen } = test
      return (isLowOpen ? number > low : number >= low) && (isHighOpen ? number < high : number <= high)
    }
  }
}
