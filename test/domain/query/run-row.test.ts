import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../src/domain/query/bind'
import { foundRows } from '../../../src/domain/query/match-row'
import { runRow, type QueriedRun } from '../../../src/domain/query/run-row'
import { testRecipe } from '../../support/recipe'

const base: QueriedRun = {
  id: 1,
  name: 'flowers-1',
  imported: null,
  datasetName: 'flowers17',
  state: 'done',
  origin: null,
  model: 'R50x1',
  recipe: testRecipe({ cropPx: 128, flip: true, seed: 7 }),
  departureCount: 1,
  departureWords: () => 'Flip off',
  createdAtMs: 1000,
  stepsDone: 500,
  lastLoss: 0.1,
  accuracy: { value: 0.9 },
  topFive: null,
  balanced: null,
  wrongCount: 1,
  trainingMs: 90_000,
  engineWords: 'tensorflow Two cores',
  tags: [],
  note: '',
  isStarred: false,
  isArchived: false,
  isDeleted: false,
  isInUse: false,
  groupName: null,
  parent: null,
  again: null,
}
const runs: QueriedRun[] = [
  base,
  {
    ...base,
    id: 2,
    name: 'flowers-10',
    tags: ['baseline', 'few shot'],
    note: 'the power was cut',
    isStarred: true,
  },
  { ...base, id: 3, name: 'flowers-2', isArchived: true, parent: { id: 1, name: 'flowers-1' } },
  {
    ...base,
    id: 4,
    name: 'flowers-3',
    isDeleted: true,
    isInUse: true,
    groupName: 'five seeds',
    again: { id: 2, name: 'flowers-10' },
  },
]

function found(query: string): number[] {
  const { bound, faults } = readQuery(query, 'runs', { classNames: [] })
  expect(faults).toEqual([])
  return foundRows(runs, bound, runRow).map(({ id }) => id)
}

describe('queries about runs', () => {
  it('leave out the archive and the trash unless they name them', () => {
    expect(found('')).toEqual([1, 2])
    expect(found('is:archived')).toEqual([3])
    expect(found('is:deleted')).toEqual([4])
    expect(found('is:any')).toEqual([1, 2, 3, 4])
    expect(found('-is:archived')).toEqual([1, 2])
  })

  it.each([
    ['tag:baseline', [2]],
    ['tag:"few shot"', [2]],
    ['tag:few*', [2]],
    ['tag:base', []],
    ['is:starred', [2]],
    ['is:tagged -is:noted', []],
    ['note:power', [2]],
    ['is:any parent:1', [3]],
    ['is:any parent:flowers-1', [3]],
    ['is:any again:2', [4]],
    ['is:any again:flowers-10', [4]],
    ['is:any group:seeds', [4]],
    ['is:any is:in-use', [4]],
    ['is:done', [1, 2]],
    ['time<2min id:1', [1]],
    ['engine:tensorflow', [1, 2]],
    ['crop:128 flip:yes seed:7', [1, 2]],
    ['crop>128', []],
    ['rule:reference-code', []],
  ])('find by %s', (query, expected) => {
    expect(found(query)).toEqual(expected)
  })

  it('look for words alone in names, notes, tags and departures', () => {
    expect(found('power')).toEqual([2])
    expect(found('shot')).toEqual([2])
    expect(found('flip')).toEqual([1, 2])
    expect(found('"flowers17" -power')).toEqual([1])
  })

  it('order numbers in names as numbers', () => {
    expect(found('is:any sort:name')).toEqual([1, 3, 4, 2])
    expect(found('is:any sort:-id')).toEqual([4, 3, 2, 1])
  })
})
