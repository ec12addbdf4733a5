/** The rows that fulfil a test: a loop over a column for each of its words. */
import type { AmongTest, NumberTest, Test } from '../../domain/query/bound'
import { allBits, hasBit, intersect, invert, noBits, setBit, unite, type Bits } from './bits'
import { noRow, type Column, type Table } from './table'

/** `pause` lets others come in between: a query may have hundreds of words. */
export async function filterRows(table: Table, test: Test, pause: () => Promise<void>): Promise<Bits> {
  const { rowCount } = table
  switch (test.kind) {
    case 'not': {
      const bits = await filterRows(table, test.term, pause)
      invert(bits, rowCount)
      return bits
    }
    case 'and':
    case 'or': {
      const bits = test.kind === 'and' ? allBits(rowCount) : noBits(rowCount)
      for (const term of test.terms) {
        const found = await filterRows(table, term, pause)
        ;(test.kind === 'and' ? intersect : unite)(bits, found)
        await pause()
      }
      return bits
    }
    default:
      return rowsOfWord(table, test)
  }
}

function rowsOfWord(table: Table, test: Exclude<Test, { kind: 'and' | 'or' } | { kind: 'not' }>): Bits {
  const { rowCount } = table
  switch (test.kind) {
    case 'every':
      return allBits(rowCount)
    case 'number':
      return inRange(column(table, test.column), rowCount, test)
    case 'like':
      return inRange(likeness(table, test.image), rowCount, anyLikeness)
    case 'among':
      return withCodes(among(table, test), rowCount, [1])
    case 'codes':
      return withCodes(column(table, test.column), rowCount, test.codes)
    case 'text': {
      const { column: paths, rows } = table.paths
      const found =
        test.column === 'tag' || test.column === 'note'
          ? (table.labels?.find(test.column, test.pieces, test.isWhole) ?? noBits(rows?.length ?? rowCount))
          : paths.find(test.pieces, test.column === 'name' ? 'name' : 'anywhere')
      return rows === null ? found : gathered(found, rows)
    }
  }
}

/** Every cosine, but not NaN. */
const anyLikeness: NumberTest = {
  kind: 'number',
  column: 'like',
  low: -Infinity,
  high: Infinity,
  isLowOpen: false,
  isHighOpen: false,
}

function likeness(table: Table, image: string): Column {
  const found = table.likeness(image)
  if (found === null) throw new RangeError(`Nobody looked what is like ${image}`)
  return found
}

function among(table: Table, test: AmongTest): Column {
  const found = table.among(test)
  if (found === null) throw new RangeError(`Nobody looked what is of ${test.column} ${test.of}`)
  return found
}

function column(table: Table, name: string): Column {
  const found = table.column(name)
  if (found === null) throw new RangeError(`There is no column ${name}`)
  return found
}

function inRange({ values, rows }: Column, rowCount: number, test: NumberTest): Bits {
  // A bound that was written is compared as the column would keep it.
  const kept = values instanceof Float32Array ? Math.fround : (bound: number): number => bound
  const [low, high] = [kept(test.low), kept(test.high)]
  const { isLowOpen, isHighOpen } = test
  const bits = noBits(rowCount)
  for (let word = 0, row = 0; row < rowCount; word++) {
    const end = Math.min(row + 32, rowCount)
    let found = 0
    for (let bit = 1; row < end; row++, bit <<= 1) {
      const value = rows === null ? (values[row] ?? NaN) : (values[rows[row] ?? noRow] ?? NaN)
      if ((isLowOpen ? value > low : value >= low) && (isHighOpen ? value < high : value <= high))
        found |= bit
    }
    bits[word] = found
  }
  return bits
}

function withCodes({ values, rows }: Column, rowCount: number, codes: readonly number[]): Bits {
  const bits = noBits(rowCount)
  const isWanted = new Uint8Array(codes.reduce((most, code) => Math.max(most, code), 0) + 1)
  for (const code of codes) isWanted[code] = 1
  for (let word = 0, row = 0; row < rowCount; word++) {
    const end = Math.min(row + 32, rowCount)
    let found = 0
    for (let bit = 1; row < end; row++, bit <<= 1) {
      const value = rows === null ? (values[row] ?? noRow) : (values[rows[row] ?? noRow] ?? noRow)
      if (isWanted[value] === 1) found |= bit
    }
    bits[word] = found
  }
  return bits
}

function gathered(of: Bits, rows: Uint32Array): Bits {
  const bits = noBits(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const there = rows[row] ?? noRow
    if (there !== noRow && hasBit(of, there)) setBit(bits, row)
  }
  return bits
}
