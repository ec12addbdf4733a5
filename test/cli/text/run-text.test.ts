import { expect, it } from 'vitest'
import type { Comparison } from '../../../src/contract/entities/comparison'
import type { Prediction, Run } from '../../../src/contract/entities/run'
import { comparisonText } from '../../../src/main/cli/runs/compare'
import { marksText, mistakesText, resultText, runsText } from '../../../src/main/cli/text/run-text'
import { getDataset, jobImages } from '../../../src/main/store/datasets/datasets'
import { getRun, insertRun, updateRun } from '../../../src/main/store/runs/runs'
import { insertUnreadable } from '../../../src/main/store/datasets/unreadable-images'
import { addDataset, addRun, temporaryStore } from '../../store/support/home'
import { newRun } from '../../store/support/new-run'

it('says what each percentage is a percentage of', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const id = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'first'))
  const accuracy = { correct: 3, total: 4, value: 0.75, low: 0.3006, high: 0.9544 }
  updateRun(db, id, { evaluatedOn: 'test', accuracy, waitFraction: 0.017 })
  const run = getRun(db, id)
  expect(resultText(run)).toMatch(
    /^Accuracy on test +75\.0 % \(3 of 4 images right; 95 % interval 30\.1–95\.4 %\)$/m,
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

it('counts and names the images that could not be read, and counts those that have changed', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { id: splitId } = getDataset(db, datasetId).split
  const id = insertRun(db, newRun(datasetId, splitId, 'first'))
  expect(resultText(getRun(db, id))).not.toMatch(/Unreadable|Changed/)
  const { ids, keys } = jobImages(db, splitId).images.train
  const imageId = ids[0] ?? 0
  insertUnreadable(db, id, [{ imageId, fromPosition: 0, reason: 'It is gone.' }])
  updateRun(db, id, { changedCount: 2 })
  const text = resultText(getRun(db, id))
  expect(text).toContain(`1 image, left out: ${keys[0] ?? ''}`)
  expect(text).toMatch(/^Changed +2 images since the import, used as they were when the run started/m)
})

it('names models as the screen does, with their size and parameters beside', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const run = { ...newRun(datasetId, getDataset(db, datasetId).split.id, 'first'), parameterCount: 1_234_567 }
  const fromXs = getRun(db, insertRun(db, { ...run, weights: 'embedded:bit-tiny' }))
  const fromZero = getRun(db, insertRun(db, { ...run, weights: null }))
  expect(resultText(fromXs)).toMatch(/^Model +BiT-Tiny: R14x0\.5, 1\.2 M parameters$/m)
  expect(resultText(fromXs)).toMatch(/^Start +BiT-Tiny \(embedded:bit-tiny\)$/m)
  expect(runsText([fromXs, fromZero])).toMatch(/ BiT-Tiny .*\n.* R14x0\.5 from zero /)
})

it('a run says what it goes on from, and which run it trains again', () => {
  const { db } = temporaryStore()
  const run = getRun(db, addRun(db, addDataset(db)))
  expect(resultText(run)).not.toMatch(/Goes on|Trains again/)
  const text = resultText({ ...run, parent: { runId: 3, stepIndex: 1200 }, again: { id: 2, name: 'first' } })
  expect(text).toMatch(/^Goes on from +run 3, after 1,200 steps$/m)
  expect(text).toMatch(/^Trains again +first \(2\)$/m)
})

it('the list of runs marks those with a star, and those whose models are in use', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { id: splitId } = getDataset(db, datasetId).split
  const [plain, starred] = ['plain', 'starred'].map((name) =>
    getRun(db, insertRun(db, newRun(datasetId, splitId, name))),
  )
  if (plain === undefined || starred === undefined) throw new Error('two runs were made')
  const lines = runsText([plain, { ...starred, isStarred: true }], new Set([starred.id])).split('\n')
  expect(lines[1]).toMatch(/ plain .*:\d\d$/)
  expect(lines[2]).toMatch(/ starred .*:\d\d  ★ in use$/)
  expect(marksText({ ...starred, isStarred: true }, true)).toMatch(/^Marks +starred, in use$/m)
})

it('mistakes say beside the label what it is now, or that the image is excluded', () => {
  const one = { loss: 2, predictedIndex: 0, labelIndex: 1, labelProbability: 0.1, top: [], path: 'a.jpg' }
  const predictions = [7, 8, 9].map((imageId) => ({ ...one, imageId })) as unknown as Prediction[]
  const classNames = ['Iris', 'Daisy']
  expect(mistakesText(predictions, classNames)).not.toMatch(/now|excluded/)
  const said = { path: 'a.jpg', className: null, excluded: false, note: '', tags: [] }
  const corrections = new Map([
    [7, { ...said, imageId: 7, className: 'Iris' }],
    [8, { ...said, imageId: 8, excluded: true }],
    [9, { ...said, imageId: 9, className: 'Daisy', tags: ['hard'] }],
  ])
  const lines = mistakesText(predictions, classNames, corrections).split('\n')
  expect(lines[1]).toMatch(/ Daisy +0\.100 +now Iris +a\.jpg$/)
  expect(lines[2]).toMatch(/ Daisy +0\.100 +excluded +a\.jpg$/)
  expect(lines[3]).toMatch(/ Daisy +0\.100 +a\.jpg$/)
})

it('one image is one, not several', () => {
  const accuracy = { correct: 1, total: 1, value: 1, low: 0.2, high: 1 }
  const comparison = {
    ...{ part: 'test', first: accuracy, second: accuracy, p: 1, onlyFirst: 0, onlySecond: 0 },
    ...{ excluded: 1, relabelled: 1 },
    counts: { fixed: 0, broken: 0, 'same-wrong': 0, 'other-wrong': 0, right: 1 },
  } as unknown as Comparison
  const text = comparisonText('first', 'second', comparison)
  expect(text).toContain('1 of 1 image right')
  expect(text).toContain('1 test image that both evaluated.')
  expect(text).toContain('Left out: 1 that is excluded now.')
  expect(text).toContain('1 has another label now; both runs are judged by that.')
})
