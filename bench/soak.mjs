/** A core that is used for long, beside one that is killed again and again: what they hold must stay as it is. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { slope } from './slope.mjs'
import { childrenOf, startCore } from './soak-core.mjs'

/** Above the slope's lower end, memory grows: what is kept for good over months would be noticed. */
const mostBytesPerMinute = 500_000
/** Caches fill and code is compiled meanwhile. */
const warmUpShare = 1 / 3
/** From fewer no slope can be told. */
const leastWarm = 5

/**
 * Cycles until `durationMs` have passed and at least `leastCycles` are done; after each, what the core holds. `isFlat`: whether memory, open files and child
 * processes of the core stayed as they were, and every trainer of a killed core ended with it.
 */
export async function soak({ program, durationMs, leastCycles = 3, note = () => undefined }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bitw-soak-'))
  const cores = []
  try {
    const start = async (name) => {
      const core = await startCore(program, path.join(folder, name))
      cores.push(core)
      return core
    }
    const lasting = await start('lasting')
    await importSample(lasting)
    let mortal = await start('mortal')
    await importSample(mortal)
    let orphans = 0
    const samples = []
    const startMs = performance.now()
    while (samples.length < leastCycles || performance.now() - startMs < durationMs) {
      await useIt(lasting, samples.length)
      samples.push({ atMs: performance.now() - startMs, ...(await lasting.holds()) })
      orphans += await killInTraining(mortal)
      mortal = await start('mortal')
      await goOn(mortal)
      const { heapBytes, residentBytes, homeBytes, openFiles, children } = samples.at(-1)
      note(
        `cycle ${samples.length}: heap ${mb(heapBytes)}, resident ${mb(residentBytes)}, databases ${mb(homeBytes)}, ${openFiles} open files, ${children} child processes`,
      )
    }
    return { samples, orphans, ...judged(samples, orphans) }
  } finally {
    await Promise.all(cores.map((core) => core.end('SIGKILL')))
    rmSync(folder, { recursive: true, force: true })
  }
}

function judged(samples, orphans) {
  const warm = samples.slice(Math.floor(samples.length * warmUpShare))
  const over = (field) => slope(warm.map((sample) => [sample.atMs / 60_000, sample[field]]))
  const [heap, resident] = [over('heapBytes'), over('residentBytes')]
  const [first, last] = [warm[0], warm.at(-1)]
  const grown = { openFiles: last.openFiles - first.openFiles, children: last.children - first.children }
  const isFlat =
    warm.length >= leastWarm &&
    heap.low <= mostBytesPerMinute &&
    resident.low <= mostBytesPerMinute &&
    grown.openFiles <= 2 &&
    grown.children <= 0 &&
    orphans === 0
  return { heap, resident, grown, isFlat, isKnown: warm.length >= leastWarm }
}

async function importSample(core) {
  const { taskId } = await core.call('datasets.importSample', {})
  await until(async () => {
    const task = (await core.call('tasks.list', {})).find(({ id }) => id === taskId)
    if (task?.state === 'failed') throw new Error(task.error.message)
    return task?.state === 'done'
  })
}

/** Training, browsing, rating, corrections; then all of it deleted. */
async function useIt(core, turn) {
  const run = await core.call('training.start', tiny(8))
  const { ids } = await core.call('images.layout', { datasetId: 1, filter: {} })
  const images = Array.from({ length: 40 }, (_, index) => ids[(turn * 40 + index) % ids.length])
  for (const id of images) await core.image(id, id % 2 === 0 ? 96 : 320)
  for (const query of ['', 'width<90', 'sort:-bytes', 'name:*1*'])
    await core.page([
      ['images.query', { datasetId: 1, query, offset: 0, limit: 100 }],
      ['datasets.list', {}],
      ['runs.list', {}],
      ['images.get', { id: images[0] }],
      ['labels.summary', { datasetId: 1 }],
    ])
  await ended(core, run.id)
  await core.page([
    ['runs.steps', { id: run.id, fromStep: 0 }],
    ['runs.evaluations', { id: run.id }],
    ['predictions.query', { runId: run.id, query: 'is:any', offset: 0, limit: 100 }],
    ['predictions.confusion', { runId: run.id }],
    ['slices.list', { runId: run.id }],
  ])
  const rating = await core.call('ratings.start', {
    runId: run.id,
    name: `soak ${turn}`,
    choice: { query: 'is:any', sample: 10, rest: 0, seed: 5 },
    shown: 'blind',
    controls: 0,
  })
  for (let at = 0; at < 5; at++)
    await core.call('ratings.answer', { id: rating.id, rater: 'Ada', at, choice: 'first' })
  await core.call('ratings.outcome', { id: rating.id })
  const change = { kind: 'tag', tag: 'seen' }
  await core.call('labels.apply', { datasetId: 1, imageIds: images.slice(0, 5), change })
  await core.call('labels.undo', { datasetId: 1 })
  await core.call('ratings.delete', { id: rating.id })
  await core.call('runs.delete', { id: run.id })
}

/** kill -9 of the core while it trains. How many of its processes outlive it by more than ten seconds. */
async function killInTraining(core) {
  const run = await core.call('training.start', tiny(100_000))
  await until(async () => (await core.call('runs.get', { id: run.id })).stepsDone >= 3)
  const children = childrenOf(core.processId)
  await core.end('SIGKILL')
  for (let turn = 0; turn < 100 && children.some(isThere); turn++) await wait(100)
  return children.filter(isThere).length
}

/** The run that was cut off is found, goes on, and is deleted. */
async function goOn(core) {
  const [run] = await core.call('runs.list', {})
  if (run?.state !== 'interrupted') throw new Error(`After kill -9 the run is ${run?.state ?? 'gone'}.`)
  await core.call('training.resume', { id: run.id })
  await until(async () => (await core.call('runs.get', { id: run.id })).stepsDone > run.stepsDone)
  await core.call('training.stop', { id: run.id })
  await ended(core, run.id)
  await core.call('runs.delete', { id: run.id })
}

function tiny(stepCount) {
  return {
    ...{ datasetId: 1, model: 'units:1-1-1-1,width:0.5', rule: 'paper', budgetMs: null, preset: 'small' },
    ...{ seed: 7, weights: null, name: '' },
    overrides: {
      ...{ stepCount, batchSize: 8, microBatchSize: 8, resizePx: 40, cropPx: 32 },
      ...{ checkpointEverySteps: 4, evaluateEverySteps: Math.min(stepCount, 1000) },
    },
  }
}

const lasts = ['done', 'stopped', 'failed', 'interrupted']

async function ended(core, id) {
  await until(async () => {
    const { state, error } = await core.call('runs.get', { id })
    if (state === 'failed') throw new Error(error?.message)
    return lasts.includes(state)
  })
}

async function until(isSo) {
  while (!(await isSo())) await wait(100)
}

function isThere(processId) {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
