import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OtherRun } from '../../src/contract/entities/other-run'
import type { Task } from '../../src/contract/events'
import { unpackUint32 } from '../../src/contract/packed'
import { findRuns } from '../../src/main/exchange/other/find-runs'
import { WorkbenchError } from '../../src/contract/errors'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { buildTrainer } from '../support/build-trainer'
import { drawTinyDataset } from '../support/tiny-dataset'
import { pythonWith } from '../trainer/support/python'
import { seededRandom } from './support/mutate'

/** As TensorBoard 2.21, MLflow 3.17 and W&B 0.31 wrote them. */
const fixtures = resolve('test/fixtures/other-runs')
const wandbFile = join(fixtures, 'run-kwkqshq7.wandb')
const { path: folder, remove } = temporaryFolder('other-runs')
const at = (...names: string[]): string => join(folder, ...names)
let home: TestCore

beforeAll(async () => {
  home = await openTestCore(at('home'), await buildTrainer())
})
afterAll(async () => {
  await home.core.close()
  remove()
})

async function take(path: string): Promise<Task> {
  const { taskId } = await home.core.call('exchange.takeOthers', { path })
  return home.taskDone(taskId)
}

async function named(name: string): Promise<OtherRun> {
  const ids = await found('is:any is:imported')
  const row = (await home.core.call('history.rows', { ids })).find((run) => run.name === name)
  if (row === undefined) throw new Error(`There is no ${name}.`)
  return home.core.call('exchange.other', { id: row.id })
}

async function found(query: string): Promise<number[]> {
  return [...unpackUint32((await home.core.call('history.find', { query })).ids)]
}

const curve = (id: number, name: string, most = 1000) =>
  home.core.call('exchange.otherCurve', { id, name, most })

describe('the log of another program', () => {
  it('of TensorBoard gives its scalars, old and new form, with steps and times', async () => {
    expect((await take(join(fixtures, 'tensorboard'))).note).toBe('1 new')
    const { id, metrics, program, startedAtMs } = await named('exp1/train')
    expect(program).toBe('tensorboard')
    expect(startedAtMs).toBe(1.7e12)
    expect(metrics.map(({ name, pointCount }) => [name, pointCount])).toEqual([
      ['accuracy', 50],
      ['loss', 50],
      ['val/loss', 10],
    ])
    const { steps, values, atMs } = await curve(id, 'loss')
    expect([steps[49], values[49], atMs[49]]).toEqual([49, Math.fround(2 / 50), 1.7e12 + 49_000])
    expect((await curve(id, 'val/loss')).values[9]).toBeCloseTo(0.9, 6)
  })

  it('of MLflow gives parameters, tags, state and metrics of every run', async () => {
    expect((await take(join(fixtures, 'mlruns'))).note).toBe('2 new')
    const { id, settings, loggedTags, state, startedAtMs } = await named('resnet A')
    expect(Object.fromEntries(settings)).toEqual({
      experiment: 'flowers',
      lr: '0.003',
      batch: '32',
      model: 'R50',
    })
    expect(loggedTags).toEqual([['who', 'ada']])
    expect({ state, startedAtMs }).toEqual({ state: 'done', startedAtMs: 1795781373972 })
    expect((await curve(id, 'train/loss')).values.slice(0, 2)).toEqual([1, 0.5])
    expect(await curve((await named('resnet B')).id, 'acc')).toMatchObject({ steps: [1], values: [0.5] })
  })

  it('of W&B gives the name, the config and the history', async () => {
    expect((await take(wandbFile)).note).toBe('1 new')
    const { id, settings, state, metrics } = await named('offline run')
    expect(Object.fromEntries(settings)).toMatchObject({ lr: '0.003', nested: '{"a":1}' })
    expect(state).toBe('done')
    expect(metrics.map(({ name, pointCount }) => [name, pointCount])).toEqual([
      ['acc', 30],
      ['loss', 30],
    ])
    const { steps, values } = await curve(id, 'loss')
    expect([steps[29], values[29]]).toEqual([29, 1 / 30])
  })

  it('as CSV gives a curve for each column of numbers, by its column of steps', async () => {
    const path = at('metrics.csv')
    writeFileSync(path, 'epoch,step,train/loss,val/acc,note\r\n0,10,2.5,,a\r\n0,20,1.5,0.5,b\r\n')
    expect((await take(path)).note).toBe('1 new')
    const { id } = await named('metrics')
    expect(await curve(id, 'train/loss')).toEqual({ steps: [10, 20], values: [2.5, 1.5], atMs: [null, null] })
    expect(await curve(id, 'val/acc')).toMatchObject({ steps: [20], values: [0.5] })
    // one that went on takes the place of what it was
    writeFileSync(path, 'step,train/loss\n10,2.5\n20,1.5\n30,1\n')
    expect((await take(path)).note).toBe('0 new, 1 brought up to date')
    expect((await curve((await named('metrics')).id, 'train/loss')).steps).toEqual([10, 20, 30])
  })

  it('is taken in once, and is thinned for a chart', async () => {
    expect((await take(join(fixtures, 'mlruns'))).note).toBe('0 new, 2 here already')
    const { id } = await named('exp1/train')
    expect((await curve(id, 'loss', 10)).steps.length).toBeLessThanOrEqual(10)
  })

  it('is a run of the history: found by its settings, marked, renamed, trashed and restored', async () => {
    const { call } = home.core
    const { id } = await named('resnet A')
    const ids = [id]
    expect(await found('is:imported "lr 0.003" "resnet A"')).toEqual(ids)
    const [row] = await call('history.rows', { ids })
    expect(row).toMatchObject({ state: 'done', recipe: null, datasetId: null, lastLoss: 0.05, stepsDone: 19 })
    expect(row?.imported?.settings).toContainEqual(['lr', '0.003'])
    // Nobody knows whether two of them have the same settings.
    for (const [groupBy, labels] of [
      ['dataset', ['Imported']],
      ['setting:lr', ['Imported']],
      ['settings', ['resnet B', 'resnet A']],
    ] as const) {
      const { groups } = await call('history.find', { query: 'is:imported resnet', groupBy })
      expect(groups.map(({ label }) => label).sort()).toEqual([...labels].sort())
    }
    await call('history.mark', { ids, marks: { addTags: ['baseline'], note: 'of ada', starred: true } })
    await call('runs.rename', { id, name: 'Ada’s run' })
    expect(await found('is:starred tag:baseline note:ada name:Ada')).toEqual(ids)
    await call('history.trash', { ids })
    expect(await found('is:imported "lr 0.003"')).not.toContain(id)
    await call('history.restore', { ids })
    // What is said of it stays when it comes again, also from the trash.
    await call('history.trash', { ids })
    expect((await take(join(fixtures, 'mlruns'))).note).toBe('0 new, 2 here already')
    expect(await call('exchange.other', { id })).toMatchObject({
      ...{ name: 'Ada’s run', tags: ['baseline'], note: 'of ada', isStarred: true, deletedAtMs: null },
    })
  })

  it('has no model, which is said wherever one is needed', async () => {
    const { call } = home.core
    const { id } = await named('exp1/train')
    const refused = {
      code: 'unsupported',
      message: expect.stringContaining('imported from TensorBoard') as string,
    }
    for (const asked of [
      () => call('runs.get', { id }),
      () => call('training.resume', { id }),
      () => call('training.branch', { id }),
      () => call('exchange.saveRun', { id, path: at('no.zip') }),
      () => call('many.compare', { ids: [id, id + 1] }),
    ])
      await expect(asked()).rejects.toMatchObject(refused)
    expect((await call('many.lineage', { ids: [id] })).nodes).toMatchObject([
      { name: 'exp1/train', facts: ['imported from TensorBoard'] },
    ])
  })

  it('goes for good out of the trash, and no other run gets its number', async () => {
    const { call } = home.core
    const { id } = await named('exp1/train')
    await call('history.trash', { ids: [id] })
    await call('history.purge', { ids: [id] })
    await expect(curve(id, 'loss')).rejects.toMatchObject({ code: 'not-found' })
    await take(join(fixtures, 'tensorboard'))
    expect((await named('exp1/train')).id).toBeGreaterThan(id)
  })

  it('is read to where it was written, where its last record is cut off', async () => {
    const [event = ''] = readdirSync(join(fixtures, 'tensorboard/exp1/train'))
    const bytes = readFileSync(join(fixtures, 'tensorboard/exp1/train', event))
    mkdirSync(at('cut'))
    writeFileSync(at('cut', event), bytes.subarray(0, bytes.length - 20))
    expect((await take(at('cut'))).note).toBe('1 new')
  })
})

/** Thousands of them are read by test/bench/fuzz.test.ts. */
describe('a damaged log', () => {
  const [event = ''] = readdirSync(join(fixtures, 'tensorboard/exp1/train'))
  for (const [what, path, name] of [
    ['event file', join(fixtures, 'tensorboard/exp1/train', event), event],
    ['.wandb file', wandbFile, 'run-x.wandb'],
    ['CSV file', null, 'metrics.csv'],
  ] as const) {
    it(`ends in words that name it: ${what}`, async () => {
      const bytes =
        path === null ? Buffer.from('step,loss\n'.concat('1,"2.5"\n'.repeat(200))) : readFileSync(path)
      const random = seededRandom(11)
      const mutated = at(name.startsWith('events') ? name : `mutated-${name}`)
      let refused = 0
      for (let time = 0; time < 30; time++) {
        const copy = Buffer.from(bytes)
        if (time % 3 === 0) copy[random(copy.length)] = random(256)
        else if (time % 3 === 1) copy.fill(random(256), random(copy.length), random(copy.length))
        writeFileSync(mutated, time % 3 === 2 ? copy.subarray(0, random(copy.length)) : copy)
        try {
          for (const place of await findRuns(mutated, () => undefined)) await place.read(() => undefined)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(WorkbenchError)
          expect(String(thrown)).toContain(basename(mutated))
          refused++
        }
      }
      expect(refused).toBeGreaterThan(path === null ? 0 : 10)
    })
  }

  it('does not cost the others of its folder', async () => {
    cpSync(join(fixtures, 'mlruns'), at('mlruns'), { recursive: true })
    const files = readdirSync(at('mlruns'), { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    )
    const [metric] = files.filter(({ name }) => name === 'acc')
    writeFileSync(join(metric?.parentPath ?? '', 'acc'), 'no numbers here\n')
    expect((await take(at('mlruns'))).note).toMatch(/1 left out: .*metrics\/acc/)
  })

  it('is not looked for where there is none', async () => {
    mkdirSync(at('empty'))
    await expect(take(at('empty'))).rejects.toThrow('There is no run')
    await expect(take(at('nowhere'))).rejects.toThrow('There is nothing')
  })
})

describe('a run of ours, written as another program keeps its own', () => {
  let id = 0
  beforeAll(async () => {
    await drawTinyDataset(at('images'))
    const { taskId } = await home.core.call('datasets.import', { path: at('images'), name: 'tiny' })
    const datasetId = (await home.taskDone(taskId)).resultId ?? 0
    const started = await home.core.call('training.start', { ...tinyRequest(datasetId), name: 'ours/first' })
    id = (await home.runEnded(started.id)).id
    for (const format of ['tensorboard', 'mlruns'] as const)
      // the second takes the place of the first
      for (let time = 0; time < 2; time++) {
        const { taskId: written } = await home.core.call('exchange.saveCurves', {
          ids: [id],
          format,
          path: at('out', format),
        })
        await home.taskDone(written)
      }
  })

  it('is read back with the same curves', async () => {
    const steps = await home.core.call('runs.steps', { id, fromStep: 0 })
    expect((await take(at('out'))).note).toBe('2 new')
    for (const [name, close] of [
      [`tensorboard/ours_first-${id}`, (value: number) => Math.fround(value)],
      ['ours/first', (value: number) => value],
    ] as const) {
      const other = await named(name)
      const { values } = await curve(other.id, 'train/loss')
      expect(values).toEqual(steps.map(({ loss }) => close(loss)))
      expect(other.metrics.map((metric) => metric.name)).toContain('val/accuracy')
    }
  })

  const tensorboard = pythonWith(['tensorboard'])
  it.skipIf(tensorboard === null)(
    `opens in TensorBoard${tensorboard === null ? ' (needs BITW_TEST_PYTHON with tensorboard)' : ''}`,
    async () => {
      const said = python(
        tensorboard ?? '',
        `import sys, json
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
a = EventAccumulator(sys.argv[1]); a.Reload()
print(json.dumps({t: [[e.step, e.value] for e in a.Scalars(t)] for t in a.Tags()['scalars']}))`,
        [at('out', 'tensorboard', `ours_first-${id}`)],
      )
      const steps = await home.core.call('runs.steps', { id, fromStep: 0 })
      const read = JSON.parse(said) as Record<string, [number, number][]>
      expect(read['train/loss']).toEqual(steps.map(({ stepIndex, loss }) => [stepIndex, Math.fround(loss)]))
      expect(Object.keys(read)).toContain('test/accuracy')
    },
  )

  const mlflow = pythonWith(['mlflow'])
  it.skipIf(mlflow === null)(
    `opens in MLflow, and moves into its database${mlflow === null ? ' (needs BITW_TEST_PYTHON with mlflow)' : ''}`,
    async () => {
      const said = python(
        mlflow ?? '',
        `import sys, json, subprocess, os
os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'
if os.path.exists(sys.argv[2]): os.remove(sys.argv[2])
subprocess.run([sys.executable, '-m', 'mlflow', 'migrate-filestore', '--source', sys.argv[1], '--target', 'sqlite:///' + sys.argv[2]], check=True, stdout=2)
from mlflow import MlflowClient
found = []
for uri in ['file://' + sys.argv[1], 'sqlite:///' + sys.argv[2]]:
  c = MlflowClient(uri)
  e = c.get_experiment_by_name('tiny')
  r = c.search_runs([e.experiment_id])[0]
  found.append([r.info.run_name, r.info.status, r.data.params['seed'], [[m.step, m.value] for m in c.get_metric_history(r.info.run_id, 'train/loss')]])
print(json.dumps(found))`,
        [at('out', 'mlruns'), at('mlflow.db')],
      )
      const steps = await home.core.call('runs.steps', { id, fromStep: 0 })
      const expected = ['ours/first', 'FINISHED', '7', steps.map(({ stepIndex, loss }) => [stepIndex, loss])]
      expect(JSON.parse(said)).toEqual([expected, expected])
    },
    120_000,
  )
})

function python(program: string, source: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, ['-c', source, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim().split('\n').at(-1) ?? ''
}
