import { describe, expect, it } from 'vitest'
import { predictionSchema } from '../../../src/contract/entities/run'
import { z } from 'zod'
import { imageLayout } from '../../../src/main/store/datasets/images'
import {
  dropUnpublished,
  insertPredictions,
  listPredictions,
  newestEvaluated,
  publishPredictions,
  predictionSql,
} from '../../../src/main/store/runs/predictions'
import { trashRuns } from '../../../src/main/store/runs/run-marks'
import { runsWithResults } from '../../../src/main/store/runs/run-results'
import { deleteRun, updateRun } from '../../../src/main/store/runs/runs'
import type { PredictionRow } from '../../../src/main/protocol/messages'
import { addDataset, addRun, queryPlan, temporaryStore } from '../support/home'

/** Forty predictions of two classes: every fifth is wrong; loss grows with the image id, confidence falls. */
function predicted(ids: readonly number[]): PredictionRow[] {
  return ids.map((imageId, index) => {
    const labelIndex = index < 20 ? 0 : 1
    const wrong = index % 5 === 0
    const confidence = 0.95 - index / 100
    const topIndices = wrong ? [1 - labelIndex, labelIndex] : [labelIndex, 1 - labelIndex]
    return {
      imageId,
      labelIndex,
      loss: index / 10,
      labelRank: wrong ? 2 : 1,
      labelProbability: wrong ? 1 - confidence : confidence,
      topIndices,
      topProbabilities: [confidence, 1 - confidence],
    }
  })
}

function filled() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const runId = addRun(db, datasetId)
  const { ids } = imageLayout(db, datasetId, {})
  insertPredictions(db, runId, predicted(ids))
  publishPredictions(db, runId)
  const other = addRun(db, datasetId, 'other')
  insertPredictions(db, other, predicted(ids).slice(0, 3))
  publishPredictions(db, other)
  return { db, runId, ids }
}

const query = { filter: { which: 'all' }, order: 'loss', offset: 0, limit: 100 } as const

describe('predictions', () => {
  it('come back with path, aspect and the top five', () => {
    const { db, runId, ids } = filled()
    const { total, predictions } = listPredictions(db, { ...query, runId })
    expect(total).toBe(40)
    const [first] = z.array(predictionSchema).parse(predictions)
    expect(first).toMatchObject({
      imageId: ids[39],
      path: 'oak/000019.jpg',
      aspect: 1.19,
      labelIndex: 1,
      predictedIndex: 1,
      loss: 3.9,
      labelRank: 1,
    })
    expect(first?.top.map(({ classIndex }) => classIndex)).toEqual([1, 0])
    expect(first?.top[0]?.probability).toBeCloseTo(0.56, 6)
  })

  it('of a dataset are those of its newest run with results', () => {
    const { db, runId } = filled()
    const { datasetId } = db
      .prepare<[number], { datasetId: number }>('SELECT dataset_id AS datasetId FROM runs WHERE id = ?')
      .get(runId) ?? { datasetId: 0 }
    expect(newestEvaluated(db, datasetId)).toBeNull()
    updateRun(db, runId, { wrongCount: 8 })
    expect(newestEvaluated(db, datasetId)).toMatchObject({ id: runId })
    expect(newestEvaluated(db, datasetId + 1)).toBeNull()
    updateRun(db, runId, { state: 'done', endedAtMs: 1 })
    trashRuns(db, [runId], 1)
    expect(newestEvaluated(db, datasetId)).toBeNull()
    expect(runsWithResults(db, datasetId)).toEqual([])
  })

  it('are filtered, ordered and paged', () => {
    const { db, runId, ids } = filled()
    const list = (changes: object) => {
      const { total, predictions } = listPredictions(db, { ...query, ...changes, runId })
      return [total, ...predictions.map(({ imageId }) => ids.indexOf(imageId))]
    }
    expect(list({ filter: { which: 'wrong' } })).toEqual([8, 35, 30, 25, 20, 15, 10, 5, 0])
    expect(list({ filter: { which: 'wrong' }, order: 'confidence' })).toEqual([
      8, 0, 5, 10, 15, 20, 25, 30, 35,
    ])
    expect(list({ filter: { which: 'wrong' }, offset: 2, limit: 2 })).toEqual([8, 25, 20])
    expect(list({ filter: { which: 'wrong', labelIndex: 1 } })).toEqual([4, 35, 30, 25, 20])
    expect(list({ filter: { which: 'all', labelIndex: 0, predictedIndex: 1 }, order: 'path' })).toEqual([
      4, 0, 5, 10, 15,
    ])
    expect(list({ filter: { which: 'all', predictedIndex: 1 }, limit: 1 })).toEqual([20, 39])
    expect(list({ filter: { which: 'right' }, limit: 2 })).toEqual([32, 39, 38])
    expect(list({ filter: { which: 'right', labelIndex: 0, predictedIndex: 1 } })).toEqual([0])
  })

  it('replace those of the same image, go with their run, and come all or none', () => {
    const { db, runId, ids } = filled()
    insertPredictions(db, runId, predicted(ids))
    insertPredictions(db, runId, predicted(ids))
    publishPredictions(db, runId)
    expect(listPredictions(db, { ...query, runId }).total).toBe(40)
    updateRun(db, runId, { state: 'done', endedAtMs: 1 })
    deleteRun(db, runId)
    expect(listPredictions(db, { ...query, runId }).total).toBe(0)
    const other = runId + 1
    const unknownImage = predicted([...ids.slice(0, 5), 99_999])
    expect(() => insertPredictions(db, other, unknownImage)).toThrowError(/FOREIGN KEY/)
    expect(listPredictions(db, { ...query, runId: other }).total).toBe(3)
  })

  it('of a new evaluation take the place of the earlier ones all at once, and not before it has come to its end', () => {
    const { db, runId, ids } = filled()
    insertPredictions(db, runId, predicted(ids.slice(0, 7)))
    expect(listPredictions(db, { ...query, runId }).total).toBe(40)
    publishPredictions(db, runId)
    expect(listPredictions(db, { ...query, runId }).total).toBe(7)
    insertPredictions(db, runId, predicted(ids.slice(0, 3)))
    dropUnpublished(db, runId + 1)
    expect(db.prepare('SELECT count(*) FROM new_predictions').pluck().get()).toBe(3)
    dropUnpublished(db, runId)
    publishPredictions(db, runId)
    expect(listPredictions(db, { ...query, runId }).total).toBe(7)
  })

  it('are found and sorted by indexes', () => {
    const { db, runId } = filled()
    const plans = (changes: object) => {
      const { page, count, values } = predictionSql({ ...query, ...changes, runId })
      return [queryPlan(db, page, ...values, 10, 0), queryPlan(db, count, ...values)]
    }
    for (const [order, index] of [
      ['loss', 'predictions_by_loss'],
      ['confidence', 'predictions_by_confidence'],
    ] as const) {
      const [page] = plans({ filter: { which: 'wrong' }, order })
      expect(page).toContain(index)
      expect(page).not.toMatch(/SCAN|TEMP B-TREE/)
    }
    const [cell, cellCount] = plans({ filter: { which: 'all', labelIndex: 0, predictedIndex: 1 } })
    expect(cell).toContain('predictions_by_cell')
    expect(cell).not.toMatch(/SCAN|TEMP B-TREE/)
    expect(cellCount).toMatch(/COVERING INDEX predictions_by_cell/)
  })
})
