import { expect, it } from 'vitest'
import type { Run } from '../../src/contract/entities/run'
import { resultText, runsText } from '../../src/main/cli/run-text'
import { getDataset } from '../../src/main/store/datasets'
import { getRun, insertRun, updateRun } from '../../src/main/store/runs'
import { addDataset, temporaryStore } from '../store/support/home'
import { newRun } from '../store/support/new-run'

it('says what each percentage is a percentage of', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const id = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'first'))
  const accuracy = { correct: 3, total: 4, value: 0.75, low: 0.3006, high: 0.9544 }
  updateRun(db, id, { evaluatedOn: 'test', accuracy, waitFraction: 0.017 })
  const run = getRun(db, id)
  expect(resultText(run)).toMatch(
    /^Right of test +75\.0 % \(3 of 4 images right; 95 % interval 30\.1–95\.4 %\)$/m,
  )
  expect(resultText(run)).toMatch(/^Waited for images +1\.7 % of the training time$/m)
  expect(runsText([run])).toContain('75.0 % of 4 test')
  const resumed: Run = { ...run, state: 'training', resultStep: 20 }
  expect(resultText(resumed)).toContain('from before the resume, after 20 steps')
  expect(runsText([resumed])).toContain('75.0 % of 4 test, after 20 steps')
})

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
