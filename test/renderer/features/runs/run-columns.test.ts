import { expect, it } from 'vitest'
import { columnsOf, fitting, usualColumns } from '../../../../src/renderer/features/runs/run-columns'

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
