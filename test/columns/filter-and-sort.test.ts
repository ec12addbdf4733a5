import { describe, expect, it } from 'vitest'
import type { Test } from '../../src/domain/query/bound'
import { foldCase } from '../../src/domain/query/fold-case'
import { foundRows, type RowValue } from '../../src/domain/query/match-row'
import { countBits, rowsOf } from '../../src/main/columns/bits'
import { filterRows } from '../../src/main/columns/filter'
import { pathColumn, pathColumnBuilder } from '../../src/main/columns/path-column'
import { sortRows } from '../../src/main/columns/sort'
import type { Numbers, Table } from '../../src/main/columns/table'
import fc from '../support/properties'

interface Row {
  readonly width: number
  readonly loss: number
  readonly code: number
  readonly path: string
}

const letters = fc.stringMatching(/^[abAB/.é]{1,6}$/)
const row = fc.record<Row>({
  width: fc.nat(6),
  loss: fc.float({ min: -4, max: 4, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  code: fc.nat(3),
  path: letters,
})

function tableOf(rows: readonly Row[]): Table {
  const numbers: Record<string, Numbers> = {
    width: Uint32Array.from(rows, ({ width }) => width),
    loss: Float32Array.from(rows, ({ loss }) => loss),
    code: Uint8Array.from(rows, ({ code }) => code),
  }
  const builder = pathColumnBuilder(rows.length)
  for (const { path } of rows) builder.add(path)
  const { pathBytes, pathStarts } = builder.end()
  return {
    rowCount: rows.length,
    column: (name) => (numbers[name] === undefined ? null : { values: numbers[name], rows: null }),
    labels: null,
    likeness: () => null,
    among: () => null,
    paths: { column: pathColumn(pathBytes, pathStarts, null), rows: null },
  }
}

function valueOf(row: Row): RowValue {
  return (column) =>
    column === 'name'
      ? (row.path.split('/').at(-1) ?? '')
      : ((row as unknown as Record<string, number | string | undefined>)[column] ?? null)
}

const bound = fc.oneof(fc.constantFrom(-Infinity, Infinity), fc.integer({ min: -2, max: 7 }))
const numberTest: fc.Arbitrary<Test> = fc.record({
  kind: fc.constant('number' as const),
  column: fc.constantFrom('width', 'loss'),
  low: bound,
  high: bound,
  isLowOpen: fc.boolean(),
  isHighOpen: fc.boolean(),
})
const pieces = fc
  .array(fc.oneof(letters, fc.constant('')), { minLength: 1, maxLength: 3 })
  .map((texts) => texts.map(foldCase))
const tests = fc.letrec<{ any: Test }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    numberTest,
    fc.array(fc.nat(3), { maxLength: 2 }).map((codes): Test => ({ kind: 'codes', column: 'code', codes })),
    pieces.map((texts): Test => ({ kind: 'text', column: 'path', pieces: texts, isWhole: false })),
    pieces.map((texts): Test => ({ kind: 'text', column: 'name', pieces: texts, isWhole: true })),
    tie('any').map((term): Test => ({ kind: 'not', term })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('any'), { maxLength: 3 }))
      .map(([kind, terms]): Test => ({ kind, terms })),
  ),
})).any

const noPause = async (): Promise<void> => undefined

describe('columns', () => {
  it('find what looking at one row after another finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 80 }), tests, async (rows, test) => {
        const bits = await filterRows(tableOf(rows), test, noPause)
        const expected = foundRows(
          rows.map((_, index) => index),
          { test, order: [] },
          (index) => valueOf(rows[index] as Row),
        )
        expect([...rowsOf(bits)]).toEqual(expected)
        expect(countBits(bits)).toBe(expected.length)
      }),
      { numRuns: 600 },
    )
  })

  it('sort numbers with signs and fractions either way, equal ones as they were', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.constantFrom('width', 'loss', 'code'),
        fc.boolean(),
        (rows, name, descending) => {
          const column = tableOf(rows).column(name)
          if (column === null) throw new Error('no column')
          const all = Uint32Array.from(rows.keys())
          const sorted = sortRows(all, column, descending)
          const order = [{ column: name, descending }]
          const expected = foundRows([...rows.keys()], { test: { kind: 'every' }, order }, (index) =>
            valueOf(rows[index] as Row),
          )
          expect([...sorted]).toEqual(expected)
          expect([...all]).toEqual([...rows.keys()])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('order paths as their letters stand, whichever their capitals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 60 }), async (rows) => {
        const ranks = await tableOf(rows).paths.column.rank(noPause)
        const byBytes = (a: number, b: number): number =>
          Buffer.from(foldCase(rows[a]?.path ?? '')).compare(Buffer.from(foldCase(rows[b]?.path ?? ''))) ||
          a - b
        const expected = [...rows.keys()].sort(byBytes)
        expect(expected.map((index) => ranks[index])).toEqual([...rows.keys()])
      }),
    )
  })

  it('finds nothing across two paths, nor by a sign that no path has', () => {
    const { paths } = tableOf([
      { width: 1, loss: 0, code: 0, path: 'ab' },
      { width: 1, loss: 0, code: 0, path: 'cd' },
    ])
    expect([...rowsOf(paths.column.find(['bc'], 'anywhere'))]).toEqual([])
    expect([...rowsOf(paths.column.find(['b\0c'], 'anywhere'))]).toEqual([])
    expect([...rowsOf(paths.column.find(['', ''], 'anywhere'))]).toEqual([0, 1])
  })
})
