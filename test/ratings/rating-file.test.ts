/** A rating that goes to another machine as a file, and comes back with answers. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Task } from '../../src/contract/events'
import type { Rating } from '../../src/contract/entities/rating'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const folder = temporaryFolder('rating-file')
const at = (name: string): string => join(folder.path, name)
let here: TestCore
let there: TestCore
let rating: Rating

beforeAll(async () => {
  const trainerPath = await buildTrainer()
  mkdirSync(at('images'))
  await drawTinyDataset(at('images'), 20)
  here = await openTestCore(at('here'), trainerPath)
  there = await openTestCore(at('there'), trainerPath)
  const { taskId } = await here.core.call('datasets.import', { path: at('images'), name: 'tiny' })
  const { resultId } = await here.taskDone(taskId)
  const run = await here.core.call('training.start', tinyRequest(resultId ?? 0, { stepCount: 1 }))
  rating = await here.core.call('ratings.start', {
    runId: (await here.runEnded(run.id)).id,
    name: 'shared',
    choice: { query: 'is:any', sample: null, rest: 0, seed: 5 },
    shown: 'blind',
    controls: 0.1,
  })
})
afterAll(async () => {
  await Promise.all([here, there].map(({ core }) => core.close()))
  folder.remove()
})

async function write(test: TestCore, id: number, name: string, rater: string | null = null): Promise<void> {
  const { taskId } = await test.core.call('ratings.export', { id, rater, path: at(name) })
  await test.taskDone(taskId)
}

async function takeIn(test: TestCore, name: string): Promise<Task> {
  const { taskId } = await test.core.call('ratings.import', { path: at(name) })
  return test.taskDone(taskId)
}

async function answerAll(test: TestCore, id: number, rater: string): Promise<void> {
  let place: number | null = 0
  while (place !== null)
    place = (await test.core.call('ratings.answer', { id, rater, at: place, choice: 'first' })).nextOpen
}

it('is rated on a machine without its dataset, in the same order, and comes back: twice is once', async () => {
  await write(here, rating.id, 'out.jsonl')
  const taken = await takeIn(there, 'out.jsonl')
  expect(taken.note).toBe('A new rating, without answers.')
  const id = taken.resultId ?? 0
  expect(await there.core.call('ratings.get', { id })).toMatchObject({
    name: 'shared',
    datasetId: null,
    runId: null,
    imageCount: rating.imageCount,
  })
  const slotThere = await there.core.call('ratings.slot', { id, rater: 'Ben', at: 3 })
  const slotHere = await here.core.call('ratings.slot', { id: rating.id, rater: 'Ben', at: 3 })
  expect(slotThere.words).toEqual(slotHere.words)
  expect(slotThere.image).toEqual({ ...slotHere.image, imageId: null })
  const copy = await there.core.call('ratings.copy', { id, position: slotThere.image.position })
  expect(copy?.mime).toMatch(/^image\/(?:webp|jpeg)$/)

  await answerAll(there, id, 'Ben')
  await answerAll(here, rating.id, 'Anna')
  await write(there, id, 'ben.jsonl', 'Ben')
  const total = rating.imageCount + rating.controlCount
  expect((await takeIn(here, 'ben.jsonl')).note).toBe(
    `A rating that was here: ${String(total)} answers more of Ben.`,
  )
  expect((await takeIn(here, 'ben.jsonl')).note).toBe(
    `A rating that was here: 0 answers more of Ben, ${String(total)} answers known already.`,
  )
  const outcome = await here.core.call('ratings.outcome', { id: rating.id })
  expect(outcome.raters.map(({ name, done }) => [name, done])).toEqual([
    ['Anna', total],
    ['Ben', total],
  ])
  // What the one said is not in the file of the other, and a whole one brings both to the same.
  await write(here, rating.id, 'all.jsonl')
  await takeIn(there, 'all.jsonl')
  const same = await there.core.call('ratings.outcome', { id })
  expect(same.verdicts).toEqual(outcome.verdicts)
  expect(same.kappa).toEqual(outcome.kappa)
})

it('the newer answer counts, whichever file comes first', async () => {
  const { taskId } = await there.core.call('ratings.import', { path: at('out.jsonl') })
  const id = (await there.taskDone(taskId)).resultId ?? 0
  const say = (test: TestCore, ratingId: number, choice: 'both' | 'neither') =>
    test.core.call('ratings.answer', { id: ratingId, rater: 'Cleo', at: 0, choice })
  await say(here, rating.id, 'neither')
  await write(here, rating.id, 'older.jsonl', 'Cleo')
  await takeIn(there, 'older.jsonl')
  await say(there, id, 'both')
  await write(there, id, 'newer.jsonl', 'Cleo')
  await takeIn(here, 'newer.jsonl')
  await takeIn(there, 'older.jsonl')
  for (const [test, ratingId] of [
    [here, rating.id],
    [there, id],
  ] as const)
    expect(await test.core.call('ratings.slot', { id: ratingId, rater: 'Cleo', at: 0 })).toMatchObject({
      given: { choice: 'both' },
    })
})

it('finds its images again where the dataset is imported later', async () => {
  const { taskId } = await there.core.call('datasets.import', { path: at('images'), name: 'later' })
  const { resultId } = await there.taskDone(taskId)
  const { resultId: id } = await takeIn(there, 'out.jsonl')
  expect(await there.core.call('ratings.get', { id: id ?? 0 })).toMatchObject({ datasetId: resultId })
  const slot = await there.core.call('ratings.slot', { id: id ?? 0, rater: 'Ben', at: 0 })
  expect(slot.image.imageId).not.toBeNull()
})

describe('a file that is none, or was changed, is refused and changes nothing', () => {
  const lines = (): string[] => readFileSync(at('all.jsonl'), 'utf8').trimEnd().split('\n')
  const changed = (line: number, to: (text: string) => string): string =>
    lines()
      .map((text, index) => (index === line ? to(text) : text))
      .join('\n')

  it.each<[string, () => string | Buffer, RegExp]>([
    ['nothing', () => '', /it is empty/],
    ['another kind of file', () => 'image,label\n1,2\n', /another kind of file/],
    ['a JSON file', () => '{"a":1}', /another kind of file/],
    ['a program', () => Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]), /another kind of file/],
    ['one that ends early', () => lines().slice(0, -1).join('\n'), /its end is missing/],
    ['half a line', () => `${lines().slice(0, 2).join('\n')}\n{"image":`, /a line is no JSON \(line 3\)/],
    [
      'a changed answer',
      () => changed(-2 + lines().length, (t) => t.replace('"rater":"', '"rater":"x')),
      /damaged/,
    ],
    ['a changed label', () => changed(1, (t) => t.replace('"label":"', '"label":"x')), /damaged/],
    ['a longer file', () => `${lines().join('\n')}\n{"answer":{}}\n`, /something follows its end/],
    [
      'a newer version',
      () => changed(0, (t) => t.replace('{"bitwRating":1', '{"bitwRating":2')),
      /newer BiT Workbench/,
    ],
    [
      'a foreign copy',
      () => changed(1, (t) => t.replace(/"base64":"[^"]+"/, '"base64":"PHN2Zy8+"')),
      /another format/,
    ],
    ['an endless line', () => `{"bitwRating":1${' '.repeat(9e6)}`, /one of its lines is too long/],
  ])('%s', async (name, content, words) => {
    writeFileSync(at('bad.jsonl'), content())
    const before = await here.core.call('ratings.list', {})
    const { taskId } = await here.core.call('ratings.import', { path: at('bad.jsonl') })
    const ended = await here.until(
      (event) =>
        event.type === 'task' && event.task.id === taskId && event.task.state !== 'running' && event.task,
    )
    expect([name, ended.state, ended.error?.code]).toEqual([name, 'failed', 'bad-input'])
    expect(ended.error?.message).toMatch(words)
    expect(await here.core.call('ratings.list', {})).toEqual(before)
  })

  it('an answer of an image that is not there, though the file is whole', async () => {
    const { createHash } = await import('node:crypto')
    const own = lines().slice(0, -1)
    const last = own.length - 1
    const answer = JSON.parse(own[last] ?? '') as { answer: { position: number } }
    answer.answer.position = 10_000
    own[last] = JSON.stringify(answer)
    const text = own.map((line) => `${line}\n`).join('')
    const sha256 = createHash('sha256').update(text).digest('hex')
    writeFileSync(at('forged.jsonl'), `${text}${JSON.stringify({ end: { lines: own.length, sha256 } })}\n`)
    await expect(takeIn(here, 'forged.jsonl')).rejects.toThrow(/of an image that the rating does not have/)
  })

  it('one that is not there, a folder, and what may not be overwritten', async () => {
    await expect(takeIn(here, 'none.jsonl')).rejects.toThrow(/it does not exist/)
    await expect(takeIn(here, 'images')).rejects.toThrow(/not a file but a folder/)
    writeFileSync(at('mine.txt'), 'mine')
    await expect(write(here, rating.id, 'mine.txt')).rejects.toThrow(/did not write what lies there/)
    expect(readFileSync(at('mine.txt'), 'utf8')).toBe('mine')
  })
})
