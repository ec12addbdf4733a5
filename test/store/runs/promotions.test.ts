import { describe, expect, it } from 'vitest'
import { resolveModel } from '../../../src/main/models/in-use'
import {
  insertPromotion,
  listPromotions,
  promotionInUse,
  takeBackPromotion,
} from '../../../src/main/store/runs/promotions'
import { deleteRun, updateRun } from '../../../src/main/store/runs/runs'
import { addDataset, addRun, temporaryStore } from '../support/home'

function store() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const runs = ['a', 'b', 'c'].map((name) => addRun(db, datasetId, name))
  for (const id of runs) updateRun(db, id, { state: 'done', endedAtMs: 1 })
  const promote = (runId: number, temperature: number | null = null) =>
    insertPromotion(db, {
      ...{ datasetId, runId, stepIndex: 6, atMs: 1, byWhom: 'ann', why: 'better' },
      ...{ temperature, threshold: null },
    })
  const back = () => takeBackPromotion(db, datasetId, { atMs: 2, byWhom: 'bob' })
  const inUse = () => promotionInUse(db, datasetId)?.runName ?? null
  const [a = 0, b = 0, c = 0] = runs
  return { db, datasetId, a, b, c, promote, back, inUse }
}

describe('the model in use', () => {
  it('is the last that was promoted, and the one before once that is taken back', () => {
    const { a, b, c, promote, back, inUse } = store()
    expect(inUse()).toBe(null)
    promote(a)
    promote(b)
    expect(inUse()).toBe('b')
    back()
    expect(inUse()).toBe('a')
    promote(c)
    back()
    expect(inUse()).toBe('a')
    back()
    expect(inUse()).toBe(null)
    expect(back()).toBe(null)
  })

  it('has no temperature where the stored one is only where a fit ended, which earlier versions stored', () => {
    const { db, datasetId, a, promote } = store()
    for (const temperature of [0.02, 50, 0.021, null]) promote(a, temperature)
    expect(
      listPromotions(db, datasetId).map(({ temperature, unusedTemperature }) => [
        temperature,
        unusedTemperature,
      ]),
    ).toEqual([
      [null, null],
      [0.021, null],
      [null, 50],
      [null, 0.02],
    ])
    promote(a, 1 / 50)
    expect(resolveModel(db, `in-use:${String(datasetId)}`).temperature).toBe(null)
  })

  it('is not one that was deleted since, when what came after is taken back', () => {
    const { db, a, b, c, promote, back, inUse } = store()
    promote(a)
    promote(b)
    promote(c)
    deleteRun(db, b)
    back()
    expect(inUse()).toBe('a')
  })

  it('keeps all that ever was in use, the newest first', () => {
    const { db, datasetId, a, b, promote, back } = store()
    promote(a)
    promote(b)
    back()
    expect(listPromotions(db, datasetId).map(({ runName, isBack }) => [runName, isBack])).toEqual([
      ['a', true],
      ['b', false],
      ['a', false],
    ])
  })

  it('is found by its id with its step and its temperature', () => {
    const { db, datasetId, a, promote } = store()
    const id = `in-use:${String(datasetId)}`
    expect(() => resolveModel(db, id)).toThrow(expect.objectContaining({ code: 'not-found' }))
    promote(a, 1.5)
    expect(resolveModel(db, id)).toEqual({ id: `run:${String(a)}@6`, temperature: 1.5, threshold: null })
    expect(resolveModel(db, 'run:1')).toEqual({ id: 'run:1', temperature: null, threshold: null })
  })
})
