import { describe, expect, it } from 'vitest'
import { unpackUint32 } from '../../src/contract/packed'
import { findRuns } from '../../src/main/runs/find-runs'
import { createRunFacts } from '../../src/main/store/runs/run-facts'
import { markRuns, trashRuns } from '../../src/main/store/runs/run-marks'
import { insertRun, updateRun } from '../../src/main/store/runs/runs'
import { accuracyOf } from '../../src/domain/rules/interval'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { addDataset, temporaryStore } from '../store/support/home'
import { newRun } from '../store/support/new-run'

function store() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { split } = getDataset(db, datasetId)
  const add = (name: string, seed: number, batchSize: number, correct: number): number => {
    const asked = newRun(datasetId, split.id, name)
    const id = insertRun(db, { ...asked, createdAtMs: seed, recipe: { ...asked.recipe, seed, batchSize } })
    updateRun(db, id, { state: 'done', endedAtMs: 5, accuracy: accuracyOf(correct, 10), evaluatedOn: 'test' })
    return id
  }
  const ids = [add('a', 1, 8, 6), add('b', 2, 8, 8), add('c', 3, 16, 9)] as const
  const facts = createRunFacts(db)
  const find = (query = '', sort = '', groupBy = 'none') => {
    const found = findRuns(facts.all(), { query, sort, groupBy })
    return { ...found, ids: [...unpackUint32(found.ids)] }
  }
  return { db, ids, find }
}

describe('finding runs', () => {
  it('lists the newest first, or in the order of a field, or of the query', () => {
    const { ids, find } = store()
    const [a, b, c] = ids
    expect(find().ids).toEqual([c, b, a])
    expect(find('', 'accuracy').ids).toEqual([a, b, c])
    expect(find('sort:name', '-accuracy').ids).toEqual([a, b, c])
  })

  it('puts runs together that differ in their seed alone, with mean and deviation', () => {
    const { ids, find } = store()
    const [a, b, c] = ids
    const { groups, ids: ordered } = find('', '', 'settings')
    expect(ordered).toEqual([c, b, a])
    expect(groups.map(({ count }) => count)).toEqual([1, 2])
    expect(groups[0]?.accuracy).toEqual({ count: 1, mean: 0.9, sd: null, least: 0.9, most: 0.9 })
    expect(groups[1]?.accuracy?.mean).toBeCloseTo(0.7)
    expect(groups[1]?.accuracy?.sd).toBeCloseTo(Math.SQRT2 / 10)
    expect(find('', '', 'setting:batch').groups.map(({ label }) => label)).toEqual(['Batch 16', 'Batch 8'])
  })

  it('counts what is in the archive and in the trash beside the rest', () => {
    const { db, ids, find } = store()
    const [a, b, c] = ids
    markRuns(db, [a], { archived: true, addTags: ['old'] }, 7)
    trashRuns(db, [b], 7)
    expect(find()).toMatchObject({ total: 1, archivedCount: 1, deletedCount: 1, ids: [c] })
    expect(find('is:archived')).toMatchObject({ ids: [a], tagCounts: [{ tag: 'old', count: 1 }] })
  })

  it('names the place that is not understood', () => {
    const { find } = store()
    expect(() => find('acuracy>1')).toThrow(
      expect.objectContaining({ code: 'bad-input', span: { from: 0, to: 7 } }),
    )
  })
})
