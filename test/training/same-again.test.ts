import { describe, expect, it } from 'vitest'
import type { Choice } from '../../src/contract/entities/run'
import { runAgainOf, sameAgain, withBefore } from '../../src/main/training/same-again'
import { getRun, deleteRun, updateRun } from '../../src/main/store/runs/runs'
import { addDataset, addRun, temporaryStore } from '../store/support/home'

const choice = (key: string, because: string, ruleValue: string | null = '1'): Choice => ({
  ...{ key, label: key, value: '2', because },
  departure: ruleValue === null ? null : { ruleValue },
})

describe('training a run again', () => {
  function oneRun() {
    const { db } = temporaryStore()
    const dataset = addDataset(db)
    return { db, dataset, before: getRun(db, addRun(db, dataset)) }
  }

  it('says of values as they were that they are those of the run before', () => {
    const { before } = oneRun()
    const { overrides } = sameAgain(before)
    const changed = { ...overrides, stepCount: before.recipe.stepCount + 1 }
    const [steps, rate, flip, other] = withBefore(
      [
        choice('stepCount', 'You set it; each image is seen about 13 times'),
        choice('baseLearningRate', 'You set it'),
        choice('flip', 'You turned it off: for labels where left is not right', null),
        choice('sizeClass', 'few images', null),
      ],
      changed,
      before,
    )
    expect(steps).toMatchObject({
      because: expect.stringMatching(/^You set it/),
      departure: { ruleValue: '1' },
    })
    expect(steps?.departure?.by).toBeUndefined()
    expect(rate).toMatchObject({
      because: `As in ${before.name}`,
      departure: { ruleValue: '1', by: 'again' },
    })
    expect(flip).toMatchObject({ because: expect.stringContaining(`As in ${before.name}`), departure: null })
    expect(other).toEqual(choice('sizeClass', 'few images', null))
    const [frozen] = withBefore([choice('freeze', 'their weights are kept')], { freeze: 'none' }, before)
    expect(frozen?.because).toBe(`As in ${before.name}: their weights are kept`)
  })

  it('is of no run where that is of another dataset, or gone', () => {
    const { db, dataset, before } = oneRun()
    expect(runAgainOf(db, { again: before.id, datasetId: dataset })?.id).toBe(before.id)
    expect(runAgainOf(db, { datasetId: dataset })).toBeNull()
    expect(runAgainOf(db, { again: before.id, datasetId: dataset + 1 })).toBeNull()
    updateRun(db, before.id, { state: 'failed', endedAtMs: 3 })
    deleteRun(db, before.id)
    expect(runAgainOf(db, { again: before.id, datasetId: dataset })).toBeNull()
  })
})
