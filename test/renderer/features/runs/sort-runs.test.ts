import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../../src/domain/query/bind'
import { foundRows } from '../../../../src/domain/query/match-row'
import { runRow } from '../../../../src/domain/query/run-row'
import type { Run } from '../../../../src/contract/entities/run'
import {
  newestFirst,
  nextOrder,
  runColumns,
  sortRuns,
} from '../../../../src/renderer/features/runs/sort-runs'
import { testRecipe } from '../../../support/recipe'

const base: Run = {
  id: 1,
  name: 'flowers-1',
  datasetId: 1,
  datasetName: 'flowers17',
  splitId: 1,
  splitHash: '0123abcd',
  budgetMs: null,
  expectedMs: null,
  heldOut: { val: 0, test: 4 },
  state: 'done',
  origin: null,
  model: 'R50x1',
  spec: { units: [3, 4, 6, 3], width: 1 },
  recipe: testRecipe({
    stepCount: 500,
    batchSize: 512,
    microBatchSize: 64,
    resizePx: 160,
    cropPx: 128,
    decayAtSteps: [150, 300, 450],
    flip: true,
    checkpointEverySteps: 50,
    evaluateEverySteps: 50,
    seed: 0,
  }),
  choices: [{ key: 'flip', label: 'Flip', value: 'off', because: '', departure: { ruleValue: 'on' } }],
  departureCount: 1,
  weights: null,
  exampleCount: 100,
  classCount: 17,
  parameterCount: 1e6,
  createdAtMs: 1000,
  endedAtMs: null,
  stepsDone: 500,
  lastLoss: 0.1,
  imagesPerSecond: 10,
  waitFraction: 0,
  trainingMs: 1000,
  peakMemoryBytes: 1e9,
  engine: null,
  accuracy: { correct: 9, total: 10, value: 0.9, low: 0.6, high: 1 },
  measures: { partCount: 4, topFive: null, balanced: null },
  changedFirst: [],
  datasetVersion: 1,
  currentVersion: 1,
  isStarred: false,
  isArchived: false,
  deletedAtMs: null,
  note: '',
  tags: [],
  parent: null,
  groupId: null,
  evaluatedOn: 'test',
  wrongCount: 1,
  resultStep: 1,
  checkpointStep: 500,
  unreadable: { count: 0, first: [] },
  changedCount: 0,
  error: null,
}
const runs: Run[] = [
  base,
  { ...base, id: 2, name: 'flowers-10', createdAtMs: 3000, accuracy: null, state: 'failed', choices: [] },
  {
    ...base,
    id: 3,
    name: 'flowers-2',
    createdAtMs: 2000,
    accuracy: { ...(base.accuracy ?? { correct: 0, total: 0, low: 0, high: 0 }), value: 0.5 },
  },
]
const ids = (list: readonly Run[]): number[] => list.map((run) => run.id)

describe('sorting runs', () => {
  it('begins with the newest', () => {
    expect(ids(sortRuns(runs, newestFirst))).toEqual([2, 3, 1])
  })

  it('puts a run without the figure last, whichever way', () => {
    expect(ids(sortRuns(runs, { column: 'accuracy', descending: true }))).toEqual([1, 3, 2])
    expect(ids(sortRuns(runs, { column: 'accuracy', descending: false }))).toEqual([3, 1, 2])
  })

  it('counts numbers in names as numbers', () => {
    expect(ids(sortRuns(runs, { column: 'name', descending: false }))).toEqual([1, 3, 2])
  })

  it('sorts by every column and loses no run', () => {
    for (const column of runColumns) {
      expect(ids(sortRuns(runs, { column, descending: true })).sort()).toEqual([1, 2, 3])
    }
  })

  it('turns round at the second click', () => {
    const first = nextOrder(newestFirst, 'accuracy')
    expect(first).toEqual({ column: 'accuracy', descending: true })
    expect(nextOrder(first, 'accuracy').descending).toBe(false)
    expect(nextOrder(first, 'loss').descending).toBe(false)
  })
})

describe('finding runs', () => {
  const found = (all: readonly Run[], text: string): number[] => {
    const { bound, faults } = readQuery(text, 'runs', { classNames: [] })
    expect(faults).toEqual([])
    return ids(foundRows(all, bound, runRow))
  }

  it('takes every word, in any of the columns', () => {
    expect(found(runs, 'FLOWERS-2 r50')).toEqual([3])
    expect(found(runs, 'failed')).toEqual([2])
    expect(found(runs, 'flip off')).toEqual([1, 3])
    expect(found(runs, '')).toEqual([1, 2, 3])
    const upstream: Run = { ...base, id: 4, recipe: { ...base.recipe, rule: 'upstream', preset: 'small' } }
    expect(found([...runs, upstream], 'pre-training small')).toEqual([4])
    expect(found([...runs, upstream], 'hyperrule')).toEqual([1, 2, 3])
    expect(found(runs, '"nothing like it"')).toEqual([])
  })

  it('takes fields, and an order in which a run without the figure comes last', () => {
    expect(found(runs, 'state:failed or name:flowers-2')).toEqual([2, 3])
    expect(found(runs, '-state:failed seed:0')).toEqual([1, 3])
    const accurate = found(runs, 'accuracy>=0')
    expect(accurate.length).toBeGreaterThan(0)
    expect(found(runs, 'sort:-accuracy').slice(0, accurate.length).sort()).toEqual([...accurate].sort())
  })
})
