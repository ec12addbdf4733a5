/** The paper's walls, written by the core. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Input } from '../../src/contract/endpoints'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('walls-home')
const images = temporaryFolder('walls-images')
const at = (name: string): string => join(home.path, name)
let test: TestCore
let runId = 0
let ratingId = 0
let wrong = 0

beforeAll(async () => {
  const trainerPath = await buildTrainer()
  await drawTinyDataset(images.path, 20)
  test = await openTestCore(home.path, trainerPath)
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  const { resultId } = await test.taskDone(taskId)
  const run = await test.core.call('training.start', tinyRequest(resultId ?? 0, { stepCount: 1 }))
  runId = (await test.runEnded(run.id)).id
  const rating = await test.core.call('ratings.start', {
    runId,
    name: 'wall',
    choice: { query: '', sample: null, rest: 2, seed: 1 },
    shown: 'words',
    controls: 0,
  })
  ratingId = rating.id
  wrong = rating.spec.population.wrong
  let place: number | null = 0
  while (place !== null)
    place = (
      await test.core.call('ratings.answer', { id: ratingId, rater: 'Anna', at: place, choice: 'first' })
    ).nextOpen
})
afterAll(async () => {
  await test.core.close()
  for (const folder of [home, images]) folder.remove()
})

async function write(asked: Omit<Input<'ratings.wall'>, 'path'>, name: string): Promise<string> {
  const { taskId } = await test.core.call('ratings.wall', { ...asked, path: at(name) })
  return (await test.taskDone(taskId)).note
}

it('of a rating is a file with every mistake, its words, and the colours of the raters', async () => {
  const of = { ratingId }
  expect(await write({ of, format: 'svg', plain: false }, 'a.svg')).toContain(`${String(wrong)} images in`)
  const svg = readFileSync(at('a.svg'), 'utf8')
  expect(svg.match(/<image /g)).toHaveLength(wrong)
  expect(svg).toContain(`raters agree with the prediction: ${String(wrong)} of ${String(wrong)}, 100.0 %`)
  await write({ of, format: 'html', plain: false }, 'a.html')
  expect(readFileSync(at('a.html'), 'utf8').match(/<figure class="p"/g)).toHaveLength(wrong)
  await write({ of, format: 'png', plain: false }, 'a.png')
  const { width, height, format } = await sharp(at('a.png')).metadata()
  expect([format, `${String(width)}`]).toEqual(['png', /width="(\d+)"/.exec(svg)?.[1]])
  // Something is drawn below the head, and not white alone.
  const body = await sharp(at('a.png'))
    .extract({ left: 0, top: 92, width, height: height - 92 })
    .stats()
  expect(Math.min(...body.channels.slice(0, 3).map(({ stdev }) => stdev))).toBeGreaterThan(5)
})

it('of a run is of what a query finds, plain or with what raters said of the same', async () => {
  await write({ of: { runId, query: '' }, format: 'html', plain: true }, 'plain.html')
  const plain = readFileSync(at('plain.html'), 'utf8')
  expect(plain.match(/<figure /g)).toHaveLength(wrong)
  expect(plain).not.toContain('<figure class=')
  await write({ of: { runId, query: 'verdict:prediction' }, format: 'html', plain: false }, 'said.html')
  expect(readFileSync(at('said.html'), 'utf8').match(/<figure class="p"/g)).toHaveLength(wrong)
})

it('replaces an earlier wall, and nothing else', async () => {
  const of = { ratingId }
  await write({ of, format: 'svg', plain: true }, 'a.svg')
  expect(readFileSync(at('a.svg'), 'utf8')).not.toContain('raters agree')
  writeFileSync(at('mine.svg'), '<?xml version="1.0"?><svg/>')
  await expect(write({ of, format: 'svg', plain: true }, 'mine.svg')).rejects.toThrow(/did not write/)
  await expect(write({ of, format: 'png', plain: true }, 'a.png')).rejects.toThrow(/did not write/)
})

it('of nothing is not written', async () => {
  const of = { runId, query: 'verdict:neither' }
  await expect(write({ of, format: 'svg', plain: true }, 'none.svg')).rejects.toThrow(/no mistake to show/)
})
