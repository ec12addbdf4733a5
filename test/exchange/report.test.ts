import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { buildTrainer } from '../support/build-trainer'
import { drawTinyDataset } from '../support/tiny-dataset'

const { path: folder, remove } = temporaryFolder('report')
const at = (...names: string[]): string => join(folder, ...names)
const hostile = '<img src=x onerror=alert(1)>'
let home: TestCore

beforeAll(async () => {
  await drawTinyDataset(at('images'))
  home = await openTestCore(at('home'), await buildTrainer())
  const { core } = home
  const { taskId } = await core.call('datasets.import', { path: at('images'), name: 'tiny' })
  const datasetId = (await home.taskDone(taskId)).resultId ?? 0
  for (const [name, stepCount] of [
    [hostile, 1],
    ['second', 6],
  ] as const) {
    const { id } = await core.call('training.start', { ...tinyRequest(datasetId, { stepCount }), name })
    await home.runEnded(id)
  }
})
afterAll(async () => {
  await home.core.close()
  remove()
})

async function written(of: { runIds: number[] } | { ratingId: number }): Promise<string> {
  const path = at('report.html')
  const { taskId } = await home.core.call('exchange.saveReport', { of, path })
  await home.taskDone(taskId)
  const html = readFileSync(path, 'utf8')
  expect(html).toContain("default-src 'none'")
  expect(html).not.toMatch(/<script|<img src=x|<link|https?:\/\//)
  return html
}

it('tells of a run: evaluations with intervals, classes, matrix, mistakes with images, model card', async () => {
  const html = await written({ runIds: [1] })
  for (const words of [
    'Evaluations',
    '95 %',
    'Recall',
    'Confusion matrix',
    'Mistakes',
    'Recipe',
    'Model card',
    'Split ',
  ])
    expect(html).toContain(words)
  const { wrongCount } = await home.core.call('runs.get', { id: 1 })
  expect(html.match(/<img src="data:image/g) ?? []).toHaveLength(wrongCount ?? 0)
})

it('prints a verdict beside the prediction that it is about alone', async () => {
  const { core } = home
  const { predictions } = await core.call('predictions.query', { runId: 1, query: '', offset: 0, limit: 2 })
  const classNames = (await core.call('datasets.get', { id: 1 })).classes.map(({ name }) => name)
  const [own, other] = predictions.map(({ imageId, labelIndex, predictedIndex }) => ({
    imageId,
    label: classNames[labelIndex] ?? '',
    prediction: classNames[predictedIndex] ?? '',
    third: classNames.find((_, index) => index !== labelIndex && index !== predictedIndex) ?? '',
  }))
  if (own === undefined || other === undefined) throw new Error('The run has too few mistakes')
  const judge = (imageId: number, prediction: string, label: string) =>
    core.call('ratings.judge', { imageId, prediction, label, answer: 'prediction' })
  await judge(own.imageId, own.prediction, own.label)
  await judge(other.imageId, other.third, other.label)
  expect((await written({ runIds: [1] })).match(/Raters: /g)).toHaveLength(1)
})

it('tells of several runs: what differs, both curves, and what the second fixed and broke', async () => {
  const html = await written({ runIds: [1, 2] })
  for (const words of [
    'Settings that differ',
    'McNemar',
    'Fixed',
    'Broken',
    '<td>6</td>',
    'class="series l1"',
  ])
    expect(html).toContain(words)
})

it('tells of a rating: verdicts, raters, the accuracy in three forms', async () => {
  const { core } = home
  const { id } = await core.call('ratings.start', {
    runId: 1,
    name: 'rated',
    choice: { query: 'is:any', sample: null, rest: 0, seed: 1 },
    shown: 'words',
  })
  await core.call('ratings.answer', { id, rater: 'Ada', at: 0, choice: 'second' })
  const html = await written({ ratingId: id })
  for (const words of ['Verdicts', 'Ada', 'As labelled', 'Adjudicated', 'label noise'])
    expect(html).toContain(words)
})

it('never replaces what is no report', async () => {
  writeFileSync(at('notes.html'), '<html>mine</html>')
  const { taskId } = await home.core.call('exchange.saveReport', {
    of: { runIds: [1] },
    path: at('notes.html'),
  })
  await expect(home.taskDone(taskId)).rejects.toThrow('was not replaced')
})
