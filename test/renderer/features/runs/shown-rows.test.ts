import { describe, expect, it } from 'vitest'
import type { RunGroup } from '../../../../src/contract/entities/run-list'
import { rowWindow, shownRows } from '../../../../src/renderer/features/runs/shown-rows'
import { columnsOf, usualColumns } from '../../../../src/renderer/features/runs/run-columns'
import { keptColumns } from '../../../../src/renderer/features/runs/kept-columns'
import { accuracySpread } from '../../../../src/renderer/features/runs/group-words'

const group = (key: string, count: number): RunGroup => ({
  ...{ key, label: key, count, accuracy: null, loss: null, timeMs: null },
})

describe('the rows of a list of runs', () => {
  it('are the runs, or each group with its runs, unless it is closed', () => {
    expect([...shownRows(3, [], new Set())]).toEqual([0, 1, 2])
    const groups = [group('a', 2), group('b', 1)]
    expect([...shownRows(3, groups, new Set())]).toEqual([-1, 0, 1, -2, 2])
    expect([...shownRows(3, groups, new Set(['a']))]).toEqual([-1, -2, 2])
  })

  it('are in the document only about where they are seen', () => {
    const sight = { scrollPx: 34 * 5000, heightPx: 680, rowPx: 34 }
    expect(rowWindow(10_000, sight)).toEqual({ first: 4990, end: 5030 })
    expect(rowWindow(3, { scrollPx: 0, heightPx: 680, rowPx: 34 })).toEqual({ first: 0, end: 3 })
  })
})

describe('the columns of a list of runs', () => {
  it('begin with the name, and stay as someone chose them', () => {
    expect(columnsOf(['time', 'state']).map(({ id }) => id)).toEqual(['name', 'state', 'time'])
    expect(keptColumns({ getItem: () => null })).toEqual(usualColumns)
    expect(keptColumns({ getItem: () => 'time gone set:lr' })).toEqual(['time', 'set:lr'])
  })
})

describe('figures of a group', () => {
  it('say mean, deviation and how many', () => {
    expect(accuracySpread({ count: 5, mean: 0.9204, sd: 0.0031 })).toBe('92.04 ± 0.31 % right (n = 5)')
    expect(accuracySpread({ count: 1, mean: 0.5, sd: null })).toBe('50.00 % right')
    expect(accuracySpread(null)).toBe('')
  })
})
