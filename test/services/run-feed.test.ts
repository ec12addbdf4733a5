import { describe, expect, it } from 'vitest'
import { createRunFeed } from '../../src/main/services/run-feed'
import { getDataset } from '../../src/main/store/datasets'
import { listMeasurements } from '../../src/main/store/measurements'
import { insertRun } from '../../src/main/store/runs'
import { newRun } from '../store/support/new-run'
import { engineReport } from '../support/engine-report'
import { addDataset, temporaryStore } from '../store/support/home'

describe('what a finished run teaches later estimates', () => {
  it.each([
    [false, [20]],
    [true, []],
  ])('is its speed, unless only the head learnt (linear probe %s)', (linearProbe, expected) => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const run = newRun(datasetId, getDataset(db, datasetId).split.id, 'first')
    const runId = insertRun(db, { ...run, recipe: { ...run.recipe, linearProbe } })
    const context = { db, clock: () => 1, emit: () => undefined }
    const feed = createRunFeed(context, { learn: () => undefined }, runId)
    feed.take({ type: 'engine', engine: engineReport })
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
