import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestCore, temporaryFolder, tinyRequest } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended } from '../run-cli'

const { path: folder, remove } = temporaryFolder('cli-ratings')
let cliPath = ''
const bitw = (...args: string[]): Promise<Ended> => start(cliPath, ['--home', 'home', ...args], folder).ended

beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'))
  const test = await openTestCore(join(folder, 'home'), join(cliPath, '../trainer.cjs'))
  const { taskId } = await test.core.call('datasets.import', { path: join(folder, 'images'), name: 'tiny' })
  const { resultId } = await test.taskDone(taskId)
  const run = { ...tinyRequest(resultId ?? 0, { stepCount: 2 }), name: 'first' }
  await test.runEnded((await test.core.call('training.start', run)).id)
  await test.core.close()
})
afterAll(remove)

it('a rating is started, listed, shown, written and taken in elsewhere', async () => {
  expect((await bitw('rate', 'list')).stdout).toContain('There is no rating yet')
  const begun = await bitw('rate', 'start', 'first', 'is:any', '--name', 'look', '--controls', '0')
  expect(begun.stdout).toContain('The rating "look" (1) has 6 images, 0 of them twice.')
  expect((await bitw('rate', 'list')).stdout).toMatch(/1\s+look\s+6\s+words\s+first/)
  const shown = await bitw('rate', 'show', 'look')
  expect(shown.stdout).toContain('Accuracy as labelled: ')
  expect(shown.stdout).toMatch(/Accuracy noise-adjusted: none\./)
  expect((await bitw('rate', 'export', 'look', 'look.jsonl')).stdout).toContain('The rating "look" is in')
  const other = await start(cliPath, ['--home', 'other', '--json', 'rate', 'import', 'look.jsonl'], folder)
    .ended
  expect(records(other.stdout).at(-1)).toMatchObject({ ratingId: 1, note: 'A new rating, without answers.' })
})

it.each([
  [['rate', 'start', 'nobody'], 1, 'There is no run "nobody"'],
  [['rate', 'start', 'first', 'nonsense:1'], 2, 'There is no field nonsense'],
  [['rate', 'start', 'first', '--shown', 'all'], 2, 'Allowed choices are words, blind, image'],
  [['rate', 'show', '99'], 1, 'There is no rating "99"'],
  [['rate', 'import', 'none.jsonl'], 1, 'it does not exist'],
  [['rate', 'import', 'images'], 1, 'not a file but a folder'],
])('%j is refused in words', async (args, code, words) => {
  const ended = await bitw(...args)
  expect(ended.stderr).toContain(words)
  expect(ended.code).toBe(code)
  expect(existsSync(join(folder, 'none.jsonl'))).toBe(false)
})
