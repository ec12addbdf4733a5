/** kill -9 of commands at random moments of an export and a prediction: the next start removes what they left, and nothing else. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomStream } from '../../src/domain/random'
import { buildCli, start } from '../cli/run-cli'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('sweep')
const homePath = join(place.path, 'home')
const images = join(place.path, 'images')
const exportsPath = join(place.path, 'exports')
/** The system's folder for temporary files, of these commands and this core. */
const temporaryPath = join(place.path, 'tmp')
const outerTemporary = process.env['TMPDIR']
let cliPath = ''

beforeAll(async () => {
  for (const path of [temporaryPath, exportsPath]) mkdirSync(path)
  process.env['TMPDIR'] = temporaryPath
  cliPath = await buildCli()
  await drawTinyDataset(images)
  const test = await openTestCore(homePath, await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', { path: images, name: 'tiny' })
  const datasetId = (await test.taskDone(taskId)).resultId ?? 0
  const { id } = await test.core.call('training.start', { ...tinyRequest(datasetId), name: 'small' })
  await test.runEnded(id)
  await test.core.close()
})
afterAll(() => {
  if (outerTemporary === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = outerTemporary
  place.remove()
})

const named = (folder: string, part: string): string[] =>
  readdirSync(folder).filter((name) => name.includes(part))

async function killWhen(args: readonly string[], begun: () => boolean, random: () => number): Promise<void> {
  const command = start(cliPath, ['--home', homePath, ...args], place.path)
  await expect.poll(begun, { timeout: 60_000, interval: 5 }).toBe(true)
  for (let turn = 0, end = Math.floor(random() * 5e7); turn < end; turn++) Math.sqrt(turn)
  command.child.kill('SIGKILL')
  await command.ended
}

describe('what a killed command leaves', () => {
  it('of an export and a prediction is gone after the next start; what only looks alike stays', async () => {
    const random = randomStream(20_264)
    const others = [join(exportsPath, 'mine.partial-12345678'), join(temporaryPath, 'bitw-predict-AbCdEf')]
    for (const path of others) writeFileSync(path, 'x')
    for (const path of ['one', 'two']) {
      const target = join(exportsPath, path)
      await killWhen(
        ['export', 'small', target, '--format', 'npz'],
        () => named(exportsPath, `${path}.partial-`).length > 0,
        random,
      )
    }
    await killWhen(
      ['predict', 'small', images],
      () => named(temporaryPath, 'bitw-predict-').length > 1,
      random,
    )
    const left =
      named(exportsPath, 'partial-').length + named(temporaryPath, 'bitw-predict-').length - others.length
    console.log(`3 kills left ${String(left)} temporary folders`)

    const test = await openTestCore(homePath, await buildTrainer())
    expect(named(exportsPath, 'partial-')).toEqual(['mine.partial-12345678'])
    expect(named(temporaryPath, 'bitw-predict-')).toEqual(['bitw-predict-AbCdEf'])
    expect(named(join(homePath, 'unfinished'), '')).toEqual([])
    expect(named(homePath, '.write-test-')).toEqual([])
    await test.core.close()
  })
})
