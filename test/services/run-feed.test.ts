import { describe, expect, it } from 'vitest'
import { createRunFeed } from '../../src/main/services/run-feed'
import { getDataset } from '../../src/main/store/datasets'
import { listMeasurements } from '../../src/main/store/measurements'
import type { FromTrainerBody } from '../../src/main/trainer/messages'
import { insertRun } from '../../src/main/store/runs'
import { newRun } from '../store/support/new-run'
import { engineReport } from '../support/engine-report'
import { addDataset, temporaryStore } from '../store/support/home'

const step = (stepIndex: number): FromTrainerBody => ({
  type: 'step',
  metric: { stepIndex, loss: 1, batchAccuracy: 0, learningRate: 0.1, stepMs: 512, waitMs: 0, atMs: 0 },
  peakMemoryBytes: 1e9,
})

describe('what a finished run teaches later estimates', () => {
  it.each([
    ['its speed', 30, false, [1]],
    ['nothing where it took two steps', 2, false, []],
    ['nothing where only the head learnt', 30, true, []],
  ])('is %s', (_, stepCount, linearProbe, expected) => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const run = newRun(datasetId, getDataset(db, datasetId).split.id, 'first')
    const runId = insertRun(db, { ...run, recipe: { ...run.recipe, linearProbe } })
    const context = { db, clock: () => 1, emit: () => undefined }
    const feed = createRunFeed(context, { learn: () => undefined }, runId)
    feed.take({ type: 'engine', engine: engineReport })
    for (let index = 0; index < stepCount; index++) feed.take(step(index))
    feed.take({
      type: 'finished',
      outcome: 'done',
      imagesPerSecond: 50,
      waitFraction: 0,
      trainingMs: 1000,
      peakMemoryBytes: 1e9,
      evaluatedOn: 'test',
    })
    feed.close()
    expect(listMeasurements(db).map(({ msPerImage }) => msPerImage)).toEqual(expected)
  })
})
