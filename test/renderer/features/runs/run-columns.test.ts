import { expect, it } from 'vitest'
import {
  columnsOf,
  fitting,
  usualColumns,
  widthsIn,
} from '../../../../src/renderer/features/runs/run-columns'

const ids = (columns: ReturnType<typeof fitting>) => columns.map(({ id }) => id)
const widthOf = (columns: ReturnType<typeof fitting>) =>
  columns.reduce((sum, { widthPx }) => sum + widthPx, 0)

it('a narrow list has the usual columns that it has room for, and keeps name, state and accuracy longest', () => {
  const usual = columnsOf(usualColumns)
  expect(fitting(usual, 4000)).toEqual(usual)
  const narrow = fitting(usual, 950)
  expect(widthOf(narrow)).toBeLessThanOrEqual(950)
  expect(ids(narrow)).toContain('time')
  expect(ids(fitting(usual, 400))).toEqual(['name', 'state', 'accuracy'])
})

it('columns that someone chose stay, however narrow the list is', () => {
  const chosen = columnsOf([...usualColumns.slice(1), 'seed'])
  expect(fitting(chosen, 300)).toEqual(chosen)
})

it('names get what a wide list has left, and no column has less than it needs', () => {
  const columns = columnsOf(['state', 'dataset', 'model'])
  const needed = columns.map(({ widthPx }) => widthPx)
  expect(widthsIn(columns, 100)).toEqual(needed)
  const sum = needed.reduce((a, b) => a + b, 0)
  expect(columns.map(({ id }) => id)).toEqual(['name', 'state', 'dataset', 'model'])
  expect(widthsIn(columns, sum + 301)).toEqual(needed.map((px, at) => (at === 1 ? px : px + 100)))
})
