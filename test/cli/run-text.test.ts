import { expect, it } from 'vitest'
import { resultText } from '../../src/main/cli/run-text'
import { getDataset } from '../../src/main/store/datasets'
import { getRun, insertRun, updateRun } from '../../src/main/store/runs'
import { addDataset, temporaryStore } from '../store/support/home'
import { newRun } from '../store/support/new-run'

it.each([
  [false, /^Images\/s +33\.5$/m],
  [true, /^Features\/s +33\.5$/m],
])('says what the rate counts (linear probe %s)', (linearProbe, expected) => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const run = newRun(datasetId, getDataset(db, datasetId).split.id, 'first')
  const id = insertRun(db, { ...run, recipe: { ...run.recipe, linearProbe } })
  updateRun(db, id, { imagesPerSecond: 33.5 })
  expect(resultText(getRun(db, id))).toMatch(expected)
})
