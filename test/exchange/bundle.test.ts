import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Task } from '../../src/contract/events'
import { seededRandom } from './support/mutate'
import { outside, rewriteBundle } from './support/rewrite-bundle'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { buildTrainer } from '../support/build-trainer'
import { drawTinyDataset } from '../support/tiny-dataset'

const { path: folder, remove } = temporaryFolder('bundle')
const at = (...names: string[]): string => join(folder, ...names)
const bundlePath = at('run.bitw')
let home: TestCore
let runId = 0
const opened: TestCore[] = []

async function open(name: string): Promise<TestCore> {
  const tested = await openTestCore(at(name), await buildTrainer())
  opened.push(tested)
  return tested
}

async function importImages({ core, taskDone }: TestCore): Promise<number> {
  const { taskId } = await core.call('datasets.import', { path: at('images'), name: 'tiny' })
  return (await taskDone(taskId)).resultId ?? 0
}

async function take(tested: TestCore, path = bundlePath): Promise<Task> {
  const { taskId } = await tested.core.call('exchange.takeRun', { path })
  return tested.taskDone(taskId)
}

beforeAll(async () => {
  await drawTinyDataset(at('images'))
  home = await open('home')
  const datasetId = await importImages(home)
  const { id } = await home.core.call('training.start', { ...tinyRequest(datasetId), name: 'first' })
  runId = (await home.runEnded(id)).id
  await home.core.call('history.mark', {
    ids: [id],
    marks: { addTags: ['baseline'], note: 'A *first* try.' },
  })
  const { taskId } = await home.core.call('exchange.saveRun', { id, path: bundlePath })
  await home.taskDone(taskId)
})
afterAll(async () => {
  await Promise.all(opened.map(({ core }) => core.close()))
  remove()
})

describe('a run that comes to another workbench as a bundle', () => {
  let other: TestCore
  let taken = 0
  beforeAll(async () => {
    other = await open('other')
    const facts = await other.core.call('exchange.lookAt', { path: bundlePath })
    expect(facts).toMatchObject({
      ...{ name: 'first', state: 'done', datasetName: 'tiny', imageCount: 30, classCount: 3 },
      ...{ tags: ['baseline'], note: 'A *first* try.', datasetHere: null },
    })
    expect(await other.core.call('runs.list', {})).toEqual([])
    const { resultId, note } = await take(other)
    taken = resultId ?? 0
    expect(note).toBe('its images are not here')
  })

  it('says what it said at home', async () => {
    const strip = <T extends object>(run: T): object => ({
      ...run,
      id: 0,
      datasetId: 0,
      splitId: 0,
      currentVersion: 0,
      datasetVersion: 0,
    })
    expect(strip(await other.core.call('runs.get', { id: taken }))).toEqual(
      strip(await home.core.call('runs.get', { id: runId })),
    )
    for (const ask of [
      (core: TestCore['core'], id: number) => core.call('runs.steps', { id, fromStep: 0 }),
      (core: TestCore['core'], id: number) => core.call('runs.evaluations', { id }),
      (core: TestCore['core'], id: number) => core.call('runs.log', { id, limit: 1000 }),
      (core: TestCore['core'], id: number) => core.call('predictions.confusion', { runId: id }),
    ]) {
      const answer = await ask(other.core, taken)
      expect(answer).toEqual(await ask(home.core, runId))
      expect(Object.keys(answer).length).toBeGreaterThan(0)
    }
  })

  it('has its predictions, image by image, and every set of them', async () => {
    const rows = async ({ core }: TestCore, id: number) =>
      (
        await core.call('predictions.query', { runId: id, query: 'is:any sort:path', offset: 0, limit: 100 })
      ).predictions.map(({ imageId: _, ...row }) => row)
    expect(await rows(other, taken)).toEqual(await rows(home, runId))
    const sets = async ({ core }: TestCore, id: number) => {
      const found = await core.call('runs.predictionSets', { id })
      return Promise.all(
        found.map(async ({ id: setId, part, checkpointStep, isResult }) => {
          const { predictions } = await core.call('runs.setPredictions', { setId, offset: 0, limit: 100 })
          return { part, checkpointStep, isResult, rows: predictions.map(({ imageId: _, ...row }) => row) }
        }),
      )
    }
    const here = await sets(other, taken)
    expect(here).toEqual(await sets(home, runId))
    expect(here.length).toBeGreaterThan(2)
  })

  it('predicts with its weights as it did at home, and cannot go on without its momenta', async () => {
    const predicted = async (tested: TestCore, id: number) => {
      const paths = [at('images/red bars/03.png')]
      const { taskId } = await tested.core.call('predict.start', { modelId: `run:${id}`, paths })
      await tested.taskDone(taskId)
      return (await tested.core.call('predict.rows', { taskId, offset: 0, limit: 10 })).rows
    }
    expect(await predicted(other, taken)).toEqual(await predicted(home, runId))
    await expect(other.core.call('training.resume', { id: taken })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('is taken in once, however often it comes', async () => {
    const again = await take(other)
    expect(again).toMatchObject({ resultId: taken, note: 'it was here already' })
    expect(await other.core.call('runs.list', {})).toHaveLength(1)
    expect(await take(home)).toMatchObject({ resultId: runId, note: 'it was here already' })
    expect(await home.core.call('runs.list', {})).toHaveLength(1)
  })

  it('comes out of the trash where it is in it', async () => {
    const { datasetId } = await other.core.call('runs.get', { id: taken })
    const counts = async () => {
      const { runCount, trashedRunCount } = await other.core.call('datasets.get', { id: datasetId })
      const [version] = await other.core.call('datasets.versions', { id: datasetId })
      return [runCount, trashedRunCount, version?.runCount]
    }
    await other.core.call('history.trash', { ids: [taken] })
    expect(await counts()).toEqual([0, 1, 0])
    other.events.length = 0
    expect(await take(other)).toMatchObject({ resultId: taken, note: 'it was in the trash and is back' })
    expect(other.events).toContainEqual({ type: 'datasets-changed' })
    expect(await other.core.call('runs.list', {})).toMatchObject([{ id: taken, deletedAtMs: null }])
    expect(await counts()).toEqual([1, 0, 1])
  })

  it('finds its images once its dataset is located', async () => {
    const { datasetId } = await other.core.call('runs.get', { id: taken })
    const { taskId } = await other.core.call('datasets.move', { id: datasetId, path: at('images') })
    await other.taskDone(taskId)
    const { taskId: checkId } = await other.core.call('datasets.check', { id: datasetId })
    await other.taskDone(checkId)
    expect(await other.core.call('datasets.checked', { id: datasetId })).toMatchObject({ sameCount: 30 })
  })

  it('joins the dataset that has its images, where there is one', async () => {
    const third = await open('third')
    const datasetId = await importImages(third)
    expect(await third.core.call('exchange.lookAt', { path: bundlePath })).toMatchObject({
      datasetHere: 'tiny',
    })
    const { resultId, note } = await take(third)
    expect(note).toBe('')
    expect(await third.core.call('runs.get', { id: resultId ?? 0 })).toMatchObject({ datasetId })
    expect(await third.core.call('datasets.list', {})).toHaveLength(1)
  })
})

describe('a file that is no bundle, or a damaged one', () => {
  it('is refused where a path leads out of its dataset, or where it would fill the memory', async () => {
    const fifth = await open('fifth')
    const path = at('hostile.bitw')
    for (const [change, words] of [
      [
        (name: string, text: string) => (name === 'images.jsonl' ? outside(text) : text),
        'leads out of its dataset',
      ],
      [
        (name: string, text: string) => (name === 'images.jsonl' ? text.padEnd(80_000_000, '\n') : text),
        'implausibly large',
      ],
      [
        (name: string, text: string) => (name === 'run.json' ? text.replace('"done"', '"training"') : text),
        'at its end',
      ],
      [(name: string, text: string) => (name === 'steps.csv' ? `${text}9,1\n` : text), 'is no step'],
    ] as const) {
      await rewriteBundle(bundlePath, path, change)
      await expect(take(fifth, path)).rejects.toThrow(words)
    }
    expect(await fifth.core.call('datasets.list', {})).toEqual([])
  })

  it('is refused by name, and leaves nothing behind', async () => {
    const fourth = await open('fourth')
    const bytes = readFileSync(bundlePath)
    const random = seededRandom(7)
    const path = at('mutated.bitw')
    for (let time = 0; time < 30; time++) {
      const mutated = Buffer.from(bytes)
      const kind = time % 3
      if (kind === 0) mutated[random(mutated.length)] = random(256)
      else if (kind === 1) mutated.fill(random(256), random(mutated.length), random(mutated.length))
      writeFileSync(path, kind === 2 ? mutated.subarray(0, random(mutated.length)) : mutated)
      const { taskId } = await fourth.core.call('exchange.takeRun', { path })
      const { state, error } = await fourth.until(
        (event) =>
          event.type === 'task' && event.task.id === taskId && event.task.state !== 'running' && event.task,
      )
      // What changed may be no byte of any member.
      if (state === 'done') continue
      expect(error?.code).toBe('bad-input')
      expect(error?.message).toContain(path)
    }
    for (const run of await fourth.core.call('runs.list', {})) expect(run.name).toBe('first')
  })

  it('is refused by a look at it, too, and so is a tag that is none', async () => {
    const path = at('tagged.bitw')
    await rewriteBundle(bundlePath, path, (name, text) =>
      name === 'run.json' ? text.replace('"baseline"', JSON.stringify('two\nlines')) : text,
    )
    await expect(home.core.call('exchange.lookAt', { path })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(
      home.core.call('exchange.lookAt', { path: at('images/red bars/03.png') }),
    ).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('is never replaced', async () => {
    const path = at('notes.txt')
    writeFileSync(path, 'my notes, which are longer than the head of a zip file is')
    const { taskId } = await home.core.call('exchange.saveRun', { id: runId, path })
    await expect(home.taskDone(taskId)).rejects.toThrow('was not replaced')
    expect(readFileSync(path, 'utf8')).toContain('my notes')
  })
})
