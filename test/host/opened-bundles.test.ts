import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Input, Output } from '../../src/contract/endpoints'
import type { ReadName } from '../../src/main/host/read-only-core'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const { path: folder, remove } = temporaryFolder('opened-bundles')
const at = (...names: string[]): string => join(folder, ...names)
const bundlePath = at('run.bitw')
let home: TestCore
let other: TestCore
let runId = 0

async function openBundle(tested: TestCore, path = bundlePath): Promise<number> {
  const { taskId } = await tested.core.call('exchange.open', { path })
  const task = await tested.taskDone(taskId)
  expect(task.error).toBeNull()
  return task.resultId ?? 0
}

async function ask<N extends ReadName>(
  { core }: TestCore,
  bundleId: number,
  name: N,
  input: Input<N>,
): Promise<Output<N>> {
  return (await core.call('exchange.ask', { bundleId, name, input })) as Output<N>
}

beforeAll(async () => {
  await drawTinyDataset(at('images'))
  // a dataset of links to files elsewhere, as collections often are
  mkdirSync(at('elsewhere'))
  for (const name of readdirSync(at('images', 'red bars'))) {
    renameSync(at('images', 'red bars', name), at('elsewhere', name))
    symlinkSync(at('elsewhere', name), at('images', 'red bars', name))
  }
  home = await openTestCore(at('home'), await buildTrainer())
  const { taskId } = await home.core.call('datasets.import', { path: at('images'), name: 'tiny' })
  const datasetId = (await home.taskDone(taskId)).resultId ?? 0
  const { id } = await home.core.call('training.start', { ...tinyRequest(datasetId), name: 'first' })
  runId = (await home.runEnded(id)).id
  const saved = await home.core.call('exchange.saveRun', { id, path: bundlePath })
  await home.taskDone(saved.taskId)
  other = await openTestCore(at('other'), await buildTrainer())
})
afterAll(async () => {
  await home.core.close()
  await other.core.close()
  remove()
})

describe('a bundle that is opened to look at', () => {
  let bundleId = 0
  beforeAll(async () => {
    bundleId = await openBundle(other)
  })

  it('tells its run as it was at home: settings, curves, results and mistakes', async () => {
    const opened = await other.core.call('exchange.opened', { bundleId })
    expect(opened).toMatchObject({ path: bundlePath, runName: 'first' })
    const { accuracy, wrongCount, choices, engine } = await ask(other, bundleId, 'runs.get', {
      id: opened.runId,
    })
    expect({ accuracy, wrongCount, choices, engine }).toEqual(
      (({ accuracy, wrongCount, choices, engine }) => ({ accuracy, wrongCount, choices, engine }))(
        await home.core.call('runs.get', { id: runId }),
      ),
    )
    const curves = await ask(other, bundleId, 'runs.steps', { id: opened.runId, fromStep: 0 })
    expect(curves).toEqual(await home.core.call('runs.steps', { id: runId, fromStep: 0 }))
    expect(curves.length).toBeGreaterThan(0)
    const found = { query: 'is:any sort:path', offset: 0, limit: 100 }
    const here = await ask(other, bundleId, 'predictions.query', { runId: opened.runId, ...found })
    const there = await home.core.call('predictions.query', { runId, ...found })
    const strip = ({ predictions }: typeof here) => predictions.map(({ imageId: _, ...rest }) => rest)
    expect(strip(here)).toEqual(strip(there))
    expect(here.total).toBeGreaterThan(0)
  })

  it('leaves the home without a run or a dataset, until it is merged', async () => {
    expect(await other.core.call('runs.list', {})).toEqual([])
    expect(await other.core.call('datasets.list', {})).toEqual([])
  })

  it('refuses every call that would change something', async () => {
    for (const name of ['runs.rename', 'history.trash', 'labels.apply', 'app.info', 'no.such'])
      await expect(
        other.core.call('exchange.ask', { bundleId, name, input: { id: 1, name: 'x' } }),
      ).rejects.toMatchObject({ code: 'unsupported' })
    await expect(
      other.core.call('exchange.ask', { bundleId, name: 'runs.get', input: { id: 'one' } }),
    ).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('is opened once, however often it is asked for', async () => {
    expect(await openBundle(other)).toBe(bundleId)
  })

  it('shows images where a dataset here has them, and none where no dataset has', async () => {
    const inHome = await openBundle(home)
    // a page that outlives its core asks the next one for no other bundle
    expect(inHome).not.toBe(bundleId)
    const { runId: inside } = await home.core.call('exchange.opened', { bundleId: inHome })
    const all = { query: 'is:any', offset: 0, limit: 100 }
    const { predictions } = await ask(home, inHome, 'predictions.query', { runId: inside, ...all })
    const imageId = predictions[0]?.imageId ?? 0
    const paths = predictions.map(({ path }) => path)
    expect(paths.some((path) => path.startsWith('red bars/'))).toBe(true)
    for (const { imageId } of predictions)
      expect((await home.core.image({ imageId, bundleId: inHome }, 128)).bytes.length).toBeGreaterThan(100)
    await expect(other.core.image({ imageId, bundleId }, 128)).rejects.toMatchObject({
      code: 'path-not-found',
    })
  })

  it('is gone with its files once it is closed', async () => {
    const looks = (): string[] =>
      readdirSync(at('other', 'scratch')).filter((name) => name.startsWith('look-'))
    expect(looks()).toHaveLength(1)
    await other.core.call('exchange.close', { bundleId })
    expect(looks()).toEqual([])
    await expect(other.core.call('exchange.opened', { bundleId })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(ask(other, bundleId, 'runs.get', { id: 1 })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('leaves nothing of a file that is no bundle', async () => {
    writeFileSync(at('no.zip'), 'not a zip')
    const { taskId } = await other.core.call('exchange.open', { path: at('no.zip') })
    await expect(other.taskDone(taskId)).rejects.toThrow('bad-input')
    const scratch = at('other', 'scratch')
    expect(
      existsSync(scratch) ? readdirSync(scratch).filter((name) => name.startsWith('look-')) : [],
    ).toEqual([])
  })
})
