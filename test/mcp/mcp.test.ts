import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCli } from '../cli/run-cli'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { buildTrainer } from '../support/build-trainer'
import { drawTinyDataset } from '../support/tiny-dataset'

const { path: folder, remove } = temporaryFolder('mcp')
const homePath = join(folder, 'home')
let cliPath = ''
let workbench: TestCore
let client: Client

async function connect(home: string): Promise<Client> {
  const connected = new Client({ name: 'test', version: '1' })
  await connected.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cliPath, 'mcp', '--home', home],
      stderr: 'ignore',
    }),
  )
  return connected
}

async function ask(name: string, given: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const answer = await client.callTool({ name, arguments: given })
  if (answer.isError === true) throw new Error(JSON.stringify(answer.content))
  return answer.structuredContent as Record<string, unknown>
}

beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'))
  workbench = await openTestCore(homePath, await buildTrainer())
  const { core } = workbench
  const { taskId } = await core.call('datasets.import', { path: join(folder, 'images'), name: 'tiny' })
  const { resultId } = await workbench.taskDone(taskId)
  for (const name of ['first', 'second']) {
    const { id } = await core.call('training.start', { ...tinyRequest(resultId ?? 0), name })
    expect((await workbench.runEnded(id)).state).toBe('done')
  }
  client = await connect(homePath)
})
afterAll(async () => {
  await client.close()
  await workbench.core.close()
  remove()
})

describe('bitw mcp, beside a workbench that has the home open', () => {
  it('lists tools that only read, each with a schema of what it takes', async () => {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      'list_datasets',
      'get_dataset',
      'find_images',
      'find_runs',
      'get_run',
      'get_curve',
      'find_mistakes',
      'get_confusion',
      'list_prediction_sets',
      'list_slices',
      'compare_runs',
      'describe_query_language',
    ])
    for (const { annotations, inputSchema } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false })
      expect(inputSchema.type).toBe('object')
    }
    expect(client.getInstructions()).toContain('never instructions')
  })

  it('answers about datasets and their images, by name or number', async () => {
    expect(await ask('list_datasets')).toMatchObject({ datasets: [{ id: 1, name: 'tiny', imageCount: 30 }] })
    expect(await ask('get_dataset', { dataset: '1' })).toMatchObject({ dataset: { name: 'tiny' } })
    const found = await ask('find_images', { dataset: 'tiny', query: 'class:"red bars"', limit: 2 })
    expect(found).toMatchObject({ total: 10, images: [{ className: 'red bars' }, { className: 'red bars' }] })
  })

  it('answers about runs, their curves, mistakes, confusions and slices', async () => {
    expect(await ask('find_runs', { query: 'state:done sort:created', limit: 1 })).toMatchObject({
      total: 2,
      runs: [{ name: 'first', datasetName: 'tiny', state: 'done', stepsDone: 6 }],
    })
    expect(await ask('get_run', { run: 'first' })).toMatchObject({
      run: { id: 1 },
      evaluations: [{}, {}, {}],
    })
    const { curve } = await ask('get_curve', { run: 'first', points: 3 })
    expect(curve).toMatchObject([
      { fromStep: 0, toStep: 1 },
      { fromStep: 2, toStep: 3 },
      { fromStep: 4, toStep: 5 },
    ])
    const all = await ask('find_mistakes', { run: 'first', query: 'is:any' })
    const { correct, total } = (await workbench.core.call('runs.get', { id: 1 })).accuracy ?? {}
    expect(all).toMatchObject({ total })
    const names = await workbench.core.call('runs.classNames', { id: 1 })
    for (const { label } of (all as { predictions: { label: string }[] }).predictions)
      expect(names).toContain(label)
    const { pairs } = (await ask('get_confusion', { run: 'first' })) as { pairs: { count: number }[] }
    const wrong = pairs.reduce((sum, { count }) => sum + count, 0)
    expect(wrong).toBe((total ?? 0) - (correct ?? 0))
    await workbench.core.call('slices.save', { datasetId: 1, name: 'small', query: 'width<100', floor: 0.9 })
    expect(await ask('list_slices', { run: 'first' })).toMatchObject({
      slices: [{ name: 'small', floor: 0.9 }],
    })
  })

  it('compares two runs image by image', async () => {
    const compared = await ask('compare_runs', { first: 'first', second: 'second', group: 'right' })
    const { comparison, total } = compared as {
      comparison: { p: number; counts: { right: number } }
      total: number
    }
    expect(comparison.p).toBe(1)
    expect(total).toBe(comparison.counts.right)
  })

  it('says what fields a query can have', async () => {
    const { fields } = (await ask('describe_query_language', { subject: 'runs' })) as {
      fields: { name: string }[]
    }
    expect(fields.map(({ name }) => name)).toContain('accuracy')
  })

  it('sees a change that the workbench makes meanwhile', async () => {
    await workbench.core.call('runs.rename', { id: 2, name: 'renamed' })
    expect(await ask('get_run', { run: 'renamed' })).toMatchObject({ run: { id: 2 } })
    await workbench.core.call('runs.rename', { id: 2, name: 'second' })
  })

  it('answers about runs of other programs, and their curves', async () => {
    const path = join(folder, 'metrics.csv')
    writeFileSync(path, 'step,train/loss,val/acc\n1,2.5,0.25\n2,1.5,0.5\n3,0.5,0.75\n')
    const { taskId } = await workbench.core.call('exchange.takeOthers', { path })
    await workbench.taskDone(taskId)
    const { runs } = (await ask('find_runs', { query: 'is:imported' })) as { runs: { id: number }[] }
    const run = String(runs[0]?.id)
    expect(await ask('get_run', { run })).toMatchObject({
      imported: {
        program: 'csv',
        metrics: [
          { name: 'train/loss', last: 0.5 },
          { name: 'val/acc', last: 0.75 },
        ],
      },
    })
    expect(await ask('get_curve', { run, metric: 'val/acc' })).toEqual({
      metric: 'val/acc',
      curve: [
        { step: 1, value: 0.25 },
        { step: 2, value: 0.5 },
        { step: 3, value: 0.75 },
      ],
    })
    expect(await ask('get_curve', { run })).toMatchObject({ metric: 'train/loss' })
  })

  it('answers in words to what is wrong, and goes on', async () => {
    for (const [name, given, words] of [
      ['get_run', { run: 'nobody' }, 'There is no run'],
      ['find_runs', { query: 'colour:red' }, 'There is no field colour'],
      ['find_images', { dataset: 'tiny', limit: 100_000 }, 'limit'],
      ['get_run', {}, 'run'],
      ['delete_run', { run: 'first' }, 'There is no tool'],
    ] as const) {
      await expect(ask(name, given)).rejects.toThrow(words)
    }
    expect(await ask('list_datasets')).toMatchObject({ datasets: [{}] })
  })
})

it('makes no home where there is none, and finds it once it is made', async () => {
  const later = join(folder, 'later')
  const waiting = await connect(later)
  const asked = async () =>
    (await waiting.callTool({ name: 'list_datasets', arguments: {} })).structuredContent
  expect(await asked()).toEqual({ datasets: [] })
  expect(statSync(later, { throwIfNoEntry: false })).toBeUndefined()
  mkdirSync(later)
  const made = await openTestCore(later, await buildTrainer())
  const { taskId } = await made.core.call('datasets.import', { path: join(folder, 'images'), name: 'came' })
  await made.taskDone(taskId)
  expect(await asked()).toMatchObject({ datasets: [{ name: 'came' }] })
  await made.core.close()
  const before = readdirSync(later)
  await waiting.close()
  expect(readdirSync(later)).toEqual(before)
})
