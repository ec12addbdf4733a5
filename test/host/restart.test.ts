/** kill -9 before the first checkpoint, at random moments from a seed: the run starts again by itself and ends as if nothing had happened. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restartedLead } from '../../src/contract/entities/run'
import { randomStream } from '../../src/domain/random'
import { readWeights } from '../../src/main/weights/read'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('restart')
const stepCount = 60
const killCount = 3
let test: TestCore
let datasetId = 0
let calm: Awaited<ReturnType<typeof result>>

/** Its first checkpoint is its last. */
const request = () =>
  tinyRequest(datasetId, { stepCount, checkpointEverySteps: stepCount, evaluateEverySteps: 20 })

async function result(runId: number) {
  const path = join(place.path, `export-${String(runId)}`)
  const { taskId } = await test.core.call('exports.start', {
    modelId: `run:${String(runId)}`,
    format: 'npz',
    path,
  })
  await test.taskDone(taskId)
  const weights = [...(await readWeights(join(path, 'model.npz')))]
  const steps = await test.core.call('runs.steps', { id: runId, fromStep: 0 })
  const evaluations = await test.core.call('runs.evaluations', { id: runId })
  return {
    weights: weights.map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
    ]),
    losses: steps.map(({ loss }) => loss),
    evaluations: evaluations.map(({ stepIndex, part, loss, accuracy }) => ({
      stepIndex,
      part,
      loss,
      accuracy,
    })),
  }
}

beforeAll(async () => {
  await drawTinyDataset(join(place.path, 'images'))
  test = await openTestCore(join(place.path, 'home'), await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', {
    path: join(place.path, 'images'),
    name: 'tiny',
  })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
  const { id } = await test.core.call('training.start', request())
  expect((await test.runEnded(id)).state).toBe('done')
  calm = await result(id)
})
afterAll(async () => {
  await test.core.close()
  place.remove()
})

describe('a run that was killed before its first checkpoint', () => {
  it('starts again from step 0 when it is resumed and ends bit for bit as one that nobody disturbed', async () => {
    const random = randomStream(20_261)
    const { id } = await test.core.call('training.start', request())
    for (let kill = 0; kill < killCount; kill++) {
      await test.stepsReached(id, 1 + Math.floor(random() * (stepCount / 3)))
      process.kill(test.core.trainerProcessId() ?? NaN, 'SIGKILL')
      expect(await test.runEnded(id)).toMatchObject({ state: 'interrupted', checkpointStep: null })
      test.events.length = 0
      expect((await test.core.call('training.resume', { id })).state).toBe('starting')
    }
    expect(await test.runEnded(id)).toMatchObject({ state: 'done', stepsDone: stepCount, error: null })
    expect(await result(id)).toEqual(calm)
    const log = await test.core.call('runs.log', { id, limit: 200 })
    expect(log.filter(({ text }) => text.startsWith(restartedLead))).toHaveLength(killCount)
  })
})

describe('a run whose last checkpoint is damaged', () => {
  it('goes on from the checkpoint before it, says so, and ends bit for bit as one that nobody disturbed', async () => {
    const { id } = await test.core.call(
      'training.start',
      tinyRequest(datasetId, { stepCount, checkpointEverySteps: 10, evaluateEverySteps: 20 }),
    )
    await test.stepsReached(id, 35)
    process.kill(test.core.trainerProcessId() ?? NaN, 'SIGKILL')
    const { checkpointStep } = await test.runEnded(id)
    damageLastCheckpoint(id)
    test.events.length = 0
    await test.core.call('training.resume', { id })
    expect(await test.runEnded(id)).toMatchObject({ state: 'done', stepsDone: stepCount, error: null })
    expect(await result(id)).toEqual(calm)
    const log = await test.core.call('runs.log', { id, limit: 200 })
    expect(log.map(({ text }) => text).join('\n')).toContain(
      `The checkpoint of step ${String(checkpointStep)} is damaged and was discarded. The run goes on from step ${String(Number(checkpointStep) - 10)}`,
    )
  })
})

/** One bit of its last chunk, behind the core's back. */
function damageLastCheckpoint(runId: number): void {
  const home = join(place.path, 'home')
  const rows = new Database(join(home, 'workbench.db'), { readonly: true })
  const name = rows
    .prepare<[number], string>(
      'SELECT stored_as FROM checkpoints WHERE run_id = ? ORDER BY step_index DESC LIMIT 1',
    )
    .pluck()
    .get(runId)
  rows.close()
  const db = new Database(join(home, 'checkpoints.db'))
  const table = `bytes_${name ?? ''}`
  const chunk = db
    .prepare<[], { position: number; bytes: Buffer }>(`SELECT * FROM ${table} ORDER BY position DESC LIMIT 1`)
    .get()
  if (chunk === undefined) throw new Error('The run has no checkpoint to damage.')
  chunk.bytes[0] = (chunk.bytes[0] ?? 0) ^ 1
  db.prepare(`UPDATE ${table} SET bytes = ? WHERE position = ?`).run(chunk.bytes, chunk.position)
  db.close()
}
