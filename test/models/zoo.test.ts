/** The zoo as its clients see it: a core on a home of its own, published files from a loopback server. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModelEntry } from '../../src/contract/entities/model'
import { publishedModels } from '../../src/domain/model/published'
import { elementCount, parameterShapes, parseModel } from '../../src/domain/model/spec'
import { insertPromotion } from '../../src/main/store/runs/promotions'
import type { Db } from '../../src/main/store/statement'
import { writeNpz } from '../../src/main/weights/npz'
import { zerosNpz } from '../weights/support/archives'
import { referenceFolder } from '../trainer/support/reference'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'
import { addDataset } from '../store/support/home'
import { openTestZoo } from './support/zoo'
import { file, serve, status, type Answer } from './support/file-server'

const { path: folder, remove } = temporaryFolder('zoo')
afterAll(remove)

let count = 0
let zoo: TestCore
let homePath = ''
beforeEach(async () => {
  count += 1
  homePath = join(folder, String(count))
  zoo = await openTestCore(homePath, 'no trainer is started')
})
afterEach(async () => {
  await zoo.core.close()
  vi.unstubAllEnvs()
})

const list = (datasetId: number | null = null): Promise<ModelEntry[]> =>
  zoo.core.call('models.list', { datasetId })
async function entryOf(id: string): Promise<ModelEntry | undefined> {
  return (await list()).find((entry) => entry.id === id)
}
const changes = (): number => zoo.events.filter(({ type }) => type === 'models-changed').length

function copyHalf(name: string): string {
  const path = join(folder, `${name}-${String(count)}.npz`)
  copyFileSync(join(referenceFolder, 'half.npz'), path)
  return path
}

async function importTiny(): Promise<number> {
  const rootPath = join(folder, `images-${String(count)}`)
  await drawTinyDataset(rootPath)
  const { taskId } = await zoo.core.call('datasets.import', { path: rootPath, name: 'tiny' })
  return (await zoo.taskDone(taskId)).resultId ?? 0
}

describe('the list', () => {
  it('begins with the model that comes with the workbench, with its card', async () => {
    const [first] = await list()
    expect(first).toMatchObject({
      id: 'embedded:bit-tiny',
      name: 'BiT-Tiny',
      state: 'ready',
      hasClassNames: true,
    })
    const { card, classNames } = await zoo.core.call('models.get', { id: 'embedded:bit-tiny' })
    expect(card).toMatch(/^# BiT-Tiny/)
    expect(classNames).toHaveLength(first?.classCount ?? NaN)
    await expect(zoo.core.call('models.remove', { id: 'embedded:bit-tiny' })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('has every published checkpoint, to be downloaded, with its facts', async () => {
    const entries = await list()
    const published = entries.filter(({ origin }) => origin === 'published')
    expect(published.map(({ name }) => name)).toEqual(publishedModels.map(({ name }) => name))
    expect(published.every(({ state, path }) => state === 'absent' && path === null)).toBe(true)
    expect(published.find(({ name }) => name === 'BiT-M-R152x4')).toMatchObject({
      architecture: 'R152x4',
      classCount: 21_843,
      hasClassNames: false,
    })
    const { card } = await zoo.core.call('models.get', { id: 'published:BiT-M-R50x1' })
    expect(card).toMatch(/^Address: \S+\/BiT-M-R50x1\.npz$/m)
    expect(card).toMatch(/^Class names: from imagenet21k_wordnet_lemmas\.txt/m)
    const small = published.find(({ name }) => name === 'BiT-S-R152x4')
    expect(small?.parameterCount).toBe(936_533_224)
    expect((small?.byteCount ?? 0) / 3.746e9).toBeCloseTo(1, 2)
  })

  it('costs each model for a dataset as the plan of its fine-tuning does', async () => {
    const datasetId = await importTiny()
    const path = copyHalf('cost')
    await zoo.core.call('models.add', { path })
    const entries = await list(datasetId)
    for (const id of [`path:${path}`, 'published:BiT-M-R101x3']) {
      const entry = entries.find((one) => one.id === id)
      const request = { ...tinyRequest(datasetId), model: entry?.architecture ?? '', overrides: {}, seed: 0 }
      const { estimate } = await zoo.core.call('training.plan', request)
      expect(entry?.cost?.memoryBytes).toBe(estimate.memoryBytes)
      expect(entry?.cost).toMatchObject({
        durationMs: expect.any(Number) as unknown,
        memoryFits: expect.any(Boolean) as unknown,
      })
    }
    expect(entries.every(({ cost }) => cost !== null)).toBe(true)
    await expect(list(99)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the models in use', () => {
  /** Three datasets, each with the model of a run in use; `spoil` damages some. Answers with their ids. */
  async function threeInUse(spoil: (db: Db, runs: readonly number[]) => void): Promise<number[]> {
    await zoo.core.close()
    const made = openTestZoo(join(folder, `in-use-${String(count)}`))
    const { db } = made.context
    const datasetIds = [1, addDataset(db, 'second'), addDataset(db, 'third')]
    const runs: number[] = []
    for (const datasetId of datasetIds) {
      const runId = await made.addRun(`run ${String(datasetId)}`, 'with checkpoint')
      runs.push(runId)
      insertPromotion(db, {
        ...{ datasetId, runId, stepIndex: 50, atMs: 1, byWhom: 'x', why: '' },
        ...{ temperature: null, threshold: null },
      })
    }
    spoil(db, runs)
    made.close()
    zoo = await openTestCore(made.context.paths.homePath, 'no trainer is started')
    return datasetIds
  }
  const inUse = async (): Promise<string[]> =>
    (await zoo.core.call('models.inUse', {})).map(({ name, state }) => `${name} ${state}`)

  it('are there without one whose checkpoint is gone and one whose run is damaged, which say why', async () => {
    const datasetIds = await threeInUse((db, runs) => {
      db.prepare('DELETE FROM checkpoints WHERE run_id = ?').run(runs[0])
      db.prepare("UPDATE runs SET spec_json = '{}' WHERE id = ?").run(runs[2])
    })
    expect(await inUse()).toEqual(['second@in-use ready'])
    const why = await Promise.allSettled(
      datasetIds.map((id) => zoo.core.call('models.get', { id: `in-use:${String(id)}` })),
    )
    expect(why).toMatchObject([
      { reason: { code: 'not-found' } },
      { status: 'fulfilled' },
      { reason: { code: 'home-broken' } },
    ])
    const third = datasetIds[2] ?? 0
    expect(await zoo.core.call('promotions.takeBack', { datasetId: third })).toMatchObject({ runId: null })
  })
})

describe('an added file', () => {
  it('is listed until it is removed, and lies where it lay', async () => {
    const path = copyHalf('mine')
    const added = await zoo.core.call('models.add', { path })
    expect(added).toMatchObject({
      id: `path:${path}`,
      origin: 'file',
      architecture: 'units:1-1-1-1,width:0.5',
      classCount: 5,
      state: 'ready',
    })
    expect(changes()).toBe(1)
    await zoo.core.call('models.add', { path })
    expect((await list()).filter(({ origin }) => origin === 'file')).toEqual([added])
    const { card } = await zoo.core.call('models.get', { id: added.id })
    expect(card).toMatch(/SHA-256: [0-9a-f]{64}/)
    await zoo.core.call('models.remove', { id: added.id })
    expect(await entryOf(added.id)).toBeUndefined()
    expect(existsSync(path)).toBe(true)
    await expect(zoo.core.call('models.remove', { id: added.id })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('that is none of BiT is refused, and changes nothing', async () => {
    const path = join(folder, 'nonsense.npz')
    writeFileSync(path, readFileSync(join(referenceFolder, 'half.npz')).subarray(0, 5000))
    await expect(zoo.core.call('models.add', { path })).rejects.toMatchObject({ code: 'bad-weights' })
    expect(changes()).toBe(0)
    expect(await entryOf(`path:${path}`)).toBeUndefined()
  })

  it('that is damaged later stays in the list, and says what is wrong', async () => {
    const path = copyHalf('damaged')
    await zoo.core.call('models.add', { path })
    writeFileSync(path, readFileSync(path).subarray(0, 5000))
    expect(await entryOf(`path:${path}`)).toMatchObject({
      state: 'broken',
      classCount: 5,
      problem: { code: 'bad-weights' },
    })
  })
})

describe('what stands in the way of a training', () => {
  const obstacles = async (weights: string, model = 'units:1-1-1-1,width:0.5'): Promise<string[]> => {
    const datasets = await zoo.core.call('datasets.list', {})
    const datasetId = datasets[0]?.id ?? (await importTiny())
    const plan = await zoo.core.call('training.plan', { ...tinyRequest(datasetId), model, weights })
    return plan.obstacles.map(({ message }) => message)
  }

  it('is weights that are not here, are damaged, or are of another model', async () => {
    expect(await obstacles('published:BiT-M-R50x1', 'R50x1')).toEqual(['BiT-M-R50x1 is not downloaded yet.'])
    expect(await obstacles('published:BiT-X')).toEqual(['There is no model published:BiT-X.'])
    expect(await obstacles('run:7')).toEqual(['There is no run with the number 7.'])
    const path = copyHalf('start')
    expect(await obstacles(`path:${path}`)).toEqual([])
    expect(await obstacles(`path:${path}`, 'units:2-1-1-1,width:0.5')).toEqual([
      expect.stringMatching(
        /^The weights of start-\d+ are for units:1-1-1-1,width:0.5, but the model is units:2-1-1-1/,
      ),
    ])
    expect(await obstacles('path:/nowhere/x.npz')).toEqual(['There is no file /nowhere/x.npz.'])
    writeFileSync(path, 'no weights')
    expect(await obstacles(`path:${path}`)).toEqual([expect.stringMatching(/^Cannot use .* as weights/)])
  })
})

describe('a download', () => {
  const id = 'published:distill/R50x1_224'
  const bytes = zerosNpz(parameterShapes(parseModel('R50x1').spec, 10))

  async function publish(...answers: Answer[]) {
    const server = await serve(...answers)
    vi.stubEnv('BITW_MODELS_URL', server.address)
    // the address is read when a core is opened
    await zoo.core.close()
    zoo = await openTestCore(homePath, 'no trainer is started')
    return server
  }
  const start = async (): Promise<number> => (await zoo.core.call('models.download', { id })).taskId

  it('of a model makes it ready, with the facts of the file; asked for twice, it is one', async () => {
    const { requests } = await publish(file(bytes))
    const taskId = await start()
    expect(await entryOf(id)).toMatchObject({ state: 'downloading', taskId })
    expect(await start()).toBe(taskId)
    await zoo.taskDone(taskId)
    expect(requests.map(({ url }) => url)).toEqual(['/distill/R50x1_224.npz'])
    expect(await entryOf(id)).toMatchObject({
      state: 'ready',
      classCount: 10,
      byteCount: bytes.length,
      taskId: null,
    })
    expect(changes()).toBe(2)
    await expect(start()).rejects.toThrow('is already downloaded')
    expect((await list()).filter(({ origin }) => origin === 'file')).toEqual([])
  })

  it('is removed with its file; what comes later is compared with it', async () => {
    const changed = zerosNpz(parameterShapes(parseModel('R50x1').spec, 11))
    await publish(file(bytes), file(bytes), file(changed))
    for (const note of [
      '',
      '',
      'Its publishers have changed it since the first download: its SHA-256 is different.',
    ]) {
      expect((await zoo.taskDone(await start())).note).toBe(note)
      await zoo.core.call('models.remove', { id })
      expect(await entryOf(id)).toMatchObject({ state: 'absent', downloadedBytes: 0 })
    }
    await expect(zoo.core.call('models.remove', { id })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('that is cancelled can go on', async () => {
    const { requests } = await publish(file(bytes, { after: 50_000, then: 'silence' }), file(bytes))
    const taskId = await start()
    await zoo.until(
      (event) => event.type === 'task' && event.task.id === taskId && event.task.done === 50_000,
    )
    await expect(zoo.core.call('models.remove', { id })).rejects.toMatchObject({ code: 'busy' })
    await zoo.core.call('tasks.cancel', { id: taskId })
    await zoo.until(
      (event) => event.type === 'task' && event.task.id === taskId && event.task.state === 'cancelled',
    )
    expect(await entryOf(id)).toMatchObject({ state: 'partial', downloadedBytes: 50_000 })
    await zoo.taskDone(await start())
    expect(requests.at(-1)?.headers.range).toBe('bytes=50000-')
    expect(await entryOf(id)).toMatchObject({ state: 'ready' })
  })

  it('of another model than it is named after is thrown away', async () => {
    await publish(file(readFileSync(join(referenceFolder, 'half.npz'))))
    const taskId = await start()
    const task = await zoo.until(
      (event) => event.type === 'task' && event.task.id === taskId && event.task.error,
    )
    expect(task).toMatchObject({
      code: 'bad-weights',
      message: expect.stringContaining('units:1-1-1-1') as unknown,
    })
    expect(await entryOf(id)).toMatchObject({ state: 'absent' })
  })

  it('brings the names of the classes along, and does without where they do not come', async () => {
    const id = 'published:BiT-S-R50x1'
    // of the published size, which is checked
    const path = join(folder, 'published.npz')
    const shapes = parameterShapes(parseModel('R50x1').spec, 1000)
    const zeros = shapes.map(
      ({ name, shape }) => [name, { shape, data: new Float32Array(elementCount(shape)) }] as const,
    )
    await writeNpz(new Map(zeros), path)
    const weights = file(readFileSync(path))
    const names = file(
      Buffer.from(Array.from({ length: 1000 }, (_, index) => `class_${String(index)}\n`).join('')),
    )
    const { requests } = await publish(weights, status(404), names)

    const first = await zoo.core.call('models.download', { id })
    expect((await zoo.taskDone(first.taskId)).note).toMatch(
      /^Could not download its class names: There is no file/,
    )
    expect(await entryOf(id)).toMatchObject({ state: 'ready', hasClassNames: false })

    const second = await zoo.core.call('models.download', { id })
    expect((await zoo.taskDone(second.taskId)).note).toBe('')
    expect(await entryOf(id)).toMatchObject({ state: 'ready', hasClassNames: true })
    expect((await zoo.core.call('models.get', { id })).classNames?.[7]).toBe('class 7')
    expect(requests.map(({ url }) => url)).toEqual([
      '/BiT-S-R50x1.npz',
      '/ilsvrc2012_wordnet_lemmas.txt',
      '/ilsvrc2012_wordnet_lemmas.txt',
    ])
  })
})
