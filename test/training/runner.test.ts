/** A run whose trainer dies of an empty memory, with the real trainer: what TensorFlow does by chance, a preamble here does at a known step. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Run, type StepMetric, type TrainRequest } from '../../src/contract/entities/run'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('runner')
const images = temporaryFolder('runner-images')
let test: TestCore
let datasetId = 0

/** The trainer; with micro-batches of more than two it aborts in the place of step `stepIndex`, or of the result where it only evaluates, once all before it is committed, with what oneDNN says last. */
async function abortingTrainer(stepIndex: number): Promise<string> {
  const path = join(place.path, 'aborting.cjs')
  writeFileSync(
    path,
    `let [pieces, onlyEvaluates, sent, committed, due] = [0, false, 0, 0, false]
    const send = process.send.bind(process)
    const abortWhenDue = () => {
      if (!due || committed < sent) return
      require('node:fs').writeSync(2, "F ./tensorflow/core/util/mkl_util.h:1418] 'tensor' Must be non NULL\\n")
      process.abort()
    }
    process.on('message', ({ job, messageNumber }) => {
      pieces = job?.recipe?.microBatchSize ?? pieces
      onlyEvaluates = job?.onlyEvaluates ?? onlyEvaluates
      committed = messageNumber ?? committed
      abortWhenDue()
    })
    process.send = (message, ...rest) => {
      const isStep = message.type === 'step' && message.metric.stepIndex === ${String(stepIndex)}
      const isResult = onlyEvaluates && message.type === 'evaluation' && message.evaluation.part === 'test'
      due ||= (isStep || isResult) && pieces > 2
      abortWhenDue()
      if (due) return true
      sent = message.messageNumber
      return send(message, ...rest)
    }
    require(${JSON.stringify(await buildTrainer())})
    `,
  )
  return path
}

beforeAll(async () => {
  await drawTinyDataset(images.path)
  test = await openTestCore(join(place.path, 'home'), await abortingTrainer(3))
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  place.remove()
  images.remove()
})

interface Course {
  readonly run: Run
  readonly steps: StepMetric[]
  readonly log: string[]
}

async function course(overrides: TrainRequest['overrides']): Promise<Course> {
  const { id } = await test.core.call('training.start', tinyRequest(datasetId, overrides))
  const run = await test.runEnded(id)
  const steps = await test.core.call('runs.steps', { id, fromStep: 0 })
  const log = await test.core.call('runs.log', { id, limit: 100 })
  return { run, steps, log: log.map(({ text }) => text) }
}

describe('a run whose trainer dies of an empty memory', () => {
  it('goes on from its checkpoint in another process, in smaller pieces, with the same result', async () => {
    const calm = await course({ microBatchSize: 2 })
    const aborted = await course({ microBatchSize: 4 })
    expect(aborted.run).toMatchObject({ state: 'done', stepsDone: 6, error: null })
    expect(aborted.log.join('\n')).toContain(
      'not enough memory for micro-batches of 4, and TensorFlow aborted: repeating with 2. Up to rounding, the result stays the same. Continuing after step 2.',
    )
    expect(aborted.steps.map(({ stepIndex }) => stepIndex)).toEqual([0, 1, 2, 3, 4, 5])
    for (const [index, { loss }] of aborted.steps.entries())
      expect(loss).toBeCloseTo(calm.steps[index]?.loss ?? NaN, 4)
  })

  it('begins again where there is no checkpoint yet, and halves as often as it takes', async () => {
    const { run, steps, log } = await course({ microBatchSize: 8, checkpointEverySteps: 6 })
    expect(run).toMatchObject({ state: 'done', stepsDone: 6, error: null })
    expect(steps).toHaveLength(6)
    expect(log.filter((text) => text.includes('Continuing after step 0.'))).toHaveLength(2)
  })

  it('is evaluated with its best checkpoint in smaller pieces, where that was to be kept', async () => {
    const { run } = await course({ microBatchSize: 2, evaluateEverySteps: 2 })
    bestIsStep4(run.id)
    const ended = test.nextRunEnd(run.id)
    await test.core.call('training.stop', { id: run.id, keep: 'best' })
    expect(await ended).toMatchObject({
      state: 'stopped',
      resultStep: 4,
      checkpointStep: 4,
      stepsDone: 6,
      error: null,
    })
    const log = (await test.core.call('runs.log', { id: run.id, limit: 100 })).map(({ text }) => text)
    expect(log.join('\n')).toContain(
      'not enough memory for micro-batches of 4, and TensorFlow aborted: repeating with 2.',
    )
    expect(log.filter((text) => text.includes('that of step 4 is best'))).toHaveLength(2)
    expect(log.join('\n')).not.toContain('Continuing after')
  })

  it('keeps the smaller pieces where the best is evaluated after a stop', async () => {
    const request = { microBatchSize: 4, stepCount: 400, checkpointEverySteps: 2, evaluateEverySteps: 2 }
    const { id } = await test.core.call('training.start', tinyRequest(datasetId, request))
    await test.stepsReached(id, 6)
    const ended = test.nextRunEnd(id)
    await test.core.call('training.stop', { id, keep: 'best' })
    expect(await ended).toMatchObject({ state: 'stopped', error: null })
    const log = await test.core.call('runs.log', { id, limit: 1000 })
    expect(log.filter(({ text }) => text.includes('TensorFlow aborted'))).toHaveLength(1)
  })
})

/** As if it had been interrupted, with larger micro-batches, and had been best before its last step. */
function bestIsStep4(runId: number): void {
  const db = new Database(join(place.path, 'home', 'workbench.db'))
  db.prepare(
    "UPDATE runs SET state = 'interrupted', recipe_json = json_set(recipe_json, '$.microBatchSize', 4) WHERE id = ?",
  ).run(runId)
  db.prepare('UPDATE evaluations SET accuracy = step_index = 4 WHERE run_id = ? AND part = 1').run(runId)
  db.close()
}
