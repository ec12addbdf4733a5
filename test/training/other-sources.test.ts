/** What is done with images is done alike whatever they come from: the same dataset as a folder, in archives, and named by a table. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'
import { tarOf, zipOf } from '../sources/support/archives'

const place = temporaryFolder('sources')
const folder = join(place.path, 'images')
let test: TestCore

beforeAll(async () => {
  await drawTinyDataset(folder)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map((path, index) => ({
      name: path.replaceAll('\\', '/'),
      bytes: readFileSync(join(folder, path)),
      deflated: index % 2 === 0,
    }))
  writeFileSync(join(place.path, 'images.zip'), zipOf(files))
  writeFileSync(join(place.path, 'images.tar'), tarOf(files))
  const rows = files.map(({ name }) => `images/${name},${name.split('/')[0] ?? ''}`)
  writeFileSync(join(place.path, 'images.csv'), ['file,class', ...rows].join('\n'))
  test = await openTestCore(join(place.path, 'home'), await buildTrainer())
}, 120_000)
afterAll(async () => {
  await test.core.close()
  place.remove()
})

async function use(path: string) {
  const { core } = test
  const { taskId } = await core.call('datasets.import', { path, name: path.slice(-6) })
  const id = (await test.taskDone(taskId)).resultId ?? 0
  const { ids } = await core.call('images.layout', { datasetId: id, filter: {} })
  const imageId = ids[0] ?? 0
  const small = await core.image({ imageId }, 128)
  const whole = await core.image({ imageId }, 'full')
  const { id: runId } = await core.call('training.start', tinyRequest(id, { stepCount: 3 }))
  const run = await test.runEnded(runId)
  const steps = await core.call('runs.steps', { id: runId, fromStep: 0 })
  const modelId = `run:${String(runId)}` as const
  const { classes } = await core.call('predict.evidence', { modelId, imageId, classes: [1] })
  const { taskId: checkId } = await core.call('datasets.check', { id })
  const checked = await test.taskDone(checkId)
  const { path: shown } = await core.call('folders.locate', { kind: 'image', id: imageId })
  return {
    id,
    shown,
    same: {
      small: [small.mime, Buffer.from(small.bytes).toString('base64')],
      whole: [whole.mime, Buffer.from(whole.bytes).toString('base64')],
      state: [run.state, run.error],
      accuracy: run.accuracy,
      losses: steps.map(({ loss }) => loss),
      evidence: classes.map(({ logit, map }) => [logit, ...map]),
      note: checked.note,
    },
  }
}

describe('the same images from another source', () => {
  it('look, train and are explained to the last bit as those of the folder', async () => {
    const ofFolder = await use(folder)
    expect(ofFolder.same).toMatchObject({ state: ['done', null], note: 'Nothing has changed' })
    expect(ofFolder.same.losses).toHaveLength(3)
    for (const name of ['images.zip', 'images.tar', 'images.csv']) {
      const path = join(place.path, name)
      const other = await use(path)
      expect(other.same, name).toEqual(ofFolder.same)
      expect(other.shown).toBe(name === 'images.csv' ? ofFolder.shown : path)
    }
  }, 240_000)

  it('are found again where an archive was moved, and what is new in it is taken in', async () => {
    const { core } = test
    const path = join(place.path, 'moved.zip')
    const files = ['a/1.png', 'a/2.png', 'b/3.png', 'b/4.png'].map((name, index) => ({
      name,
      bytes: readFileSync(join(folder, index < 2 ? 'red bars' : 'green discs', `0${String(index)}.png`)),
    }))
    writeFileSync(path, zipOf(files))
    const { taskId } = await core.call('datasets.import', { path, name: 'moved' })
    const id = (await test.taskDone(taskId)).resultId ?? 0
    const to = join(place.path, 'elsewhere')
    execFileSync('mkdir', [to])
    execFileSync('mv', [path, to])
    await test.taskDone((await core.call('datasets.move', { id, path: to })).taskId)
    expect((await core.call('datasets.get', { id })).rootPath).toBe(join(to, 'moved.zip'))
    const added = { name: 'b/5.png', bytes: readFileSync(join(folder, 'blue squares/05.png')) }
    writeFileSync(join(to, 'moved.zip'), zipOf([...files.slice(1), added]))
    await test.taskDone((await core.call('datasets.takeIn', { id })).taskId)
    const { changes } = (await core.call('datasets.versions', { id })).at(-1) ?? {}
    expect(changes).toMatchObject({ new: 1, gone: 1, changed: 0 })
  })

  it('keep the columns that the user chose when they are checked again', async () => {
    const { core } = test
    const path = join(place.path, 'two.csv')
    const rows = ['red bars', 'green discs'].flatMap((name, index) =>
      [0, 1, 2].map((at) => `images/${name}/0${String(at)}.png,${String(index)},${name},train`),
    )
    writeFileSync(path, ['file,number,species,split', ...rows].join('\n'))
    const columns = { label: 'number', part: null }
    const { taskId } = await core.call('datasets.import', { path, name: 'two', columns })
    const id = (await test.taskDone(taskId)).resultId ?? 0
    expect((await core.call('datasets.get', { id })).classes.map(({ name }) => name)).toEqual(['0', '1'])
    const checked = await test.taskDone((await core.call('datasets.check', { id })).taskId)
    expect(checked.note).toBe('Nothing has changed')
    await expect(core.call('datasets.import', { path, name: 'x', folders: 'parts' })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(core.call('datasets.import', { path: folder, name: 'y', columns })).rejects.toMatchObject({
      code: 'bad-input',
    })
  })
})
