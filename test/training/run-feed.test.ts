import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { earlierResultStep } from '../../src/contract/entities/run'
import type { CoreEvent } from '../../src/contract/events'
import { startCheckpointThread } from '../../src/main/store/checkpoints/checkpoint-bytes'
import { verifyCheckpoint } from '../../src/main/store/checkpoints/checkpoint-read'
import { listCheckpoints, storedNames } from '../../src/main/store/checkpoints/checkpoints'
import { createRunEnds } from '../../src/main/training/run-ends'
import { createRunFeed } from '../../src/main/training/run-feed'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { listMeasurements } from '../../src/main/store/measurements'
import { imageLayout } from '../../src/main/store/datasets/images'
import { listEvaluations } from '../../src/main/store/runs/metrics'
import { packBlock } from '../../src/domain/prediction-set/block'
import { listPredictionSets } from '../../src/main/store/runs/prediction-sets'
import { listPredictions } from '../../src/main/store/runs/predictions'
import { getRun, insertRun, rewindRun } from '../../src/main/store/runs/runs'
import type { FromTrainerBody } from '../../src/main/protocol/messages'
import { buildProgram } from '../support/build-trainer'
import { newRun } from '../store/support/new-run'
import { temporaryCheckpoints } from '../store/support/saved-checkpoint'
import { engineReport } from '../support/engine-report'
import { addDataset, temporaryStore } from '../store/support/home'

const step = (stepIndex: number): FromTrainerBody => ({
  type: 'step',
  metric: { stepIndex, loss: 1, batchAccuracy: 0, learningRate: 0.1, stepMs: 512, waitMs: 0, atMs: 0 },
  peakMemoryBytes: 1e9,
})

describe('what a finished run teaches later estimates', () => {
  it.each([
    ['its speed', 30, false, [1]],
    ['nothing where it took two steps', 2, false, []],
    ['nothing where only the head learnt', 30, true, []],
  ])('is %s', (_, stepCount, linearProbe, expected) => {
    const { db, homePath } = temporaryStore()
    const datasetId = addDataset(db)
    const run = newRun(datasetId, getDataset(db, datasetId).split.id, 'first')
    const runId = insertRun(db, { ...run, recipe: { ...run.recipe, linearProbe } })
    const checkpoints = temporaryCheckpoints(homePath)
    const context = { db, checkpoints, clock: () => 1, emit: () => undefined }
    const feed = createRunFeed(context, { learn: () => undefined }, runId, createRunEnds(context))
    void feed.take({ type: 'engine', engine: engineReport })
    for (let index = 0; index < stepCount; index++) void feed.take(step(index))
    void feed.take({
      type: 'finished',
      outcome: 'done',
      imagesPerSecond: 50,
      waitFraction: 0,
      trainingMs: 1000,
      peakMemoryBytes: 1e9,
      evaluatedOn: 'test',
    })
    feed.close()
    expect(listMeasurements(db).map(({ msPerImage }) => msPerImage)).toEqual(expected)
  })
})

const accuracyOf = (correct: number) => ({ correct, total: 4, value: correct / 4, low: 0, high: 1 })
const finished = {
  type: 'finished',
  outcome: 'stopped',
  imagesPerSecond: 50,
  waitFraction: 0,
  trainingMs: 1000,
  peakMemoryBytes: 1e9,
  evaluatedOn: 'test',
} as const

/** A run with one saved state after two of its steps, stopped after four and evaluated: one of four is right. */
async function stoppedRun() {
  const { db, homePath } = temporaryStore()
  const datasetId = addDataset(db)
  const runId = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'first'))
  const checkpoints = temporaryCheckpoints(homePath)
  const context = { db, checkpoints, clock: () => 1, emit: () => undefined }
  const feed = createRunFeed(context, { learn: () => undefined }, runId, createRunEnds(context))
  onTestFinished(() => feed.close())
  const { ids } = imageLayout(db, datasetId, {})
  const steps = (from: number, end: number): void => {
    for (let stepIndex = from; stepIndex < end; stepIndex++) {
      const metric = {
        stepIndex,
        loss: 1,
        batchAccuracy: 0,
        learningRate: 1,
        stepMs: 1,
        waitMs: 0,
        atMs: 1,
      }
      void feed.take({ type: 'step', metric, peakMemoryBytes: 1e9 })
    }
  }
  const evaluate = (stepIndex: number, correct: number): void => {
    const accuracy = accuracyOf(correct)
    const measures = { partCount: 4, topFive: null, balanced: null }
    void feed.take({
      type: 'evaluation',
      waitMs: 0,
      evaluation: { stepIndex, part: 'test', loss: 1, accuracy, measures, atMs: 1 },
    })
  }
  const predict = (correct: number) =>
    void feed.take({
      type: 'predictions',
      rows: ids.slice(0, 4).map((imageId, index) => ({
        imageId,
        labelIndex: 0,
        loss: 1,
        labelRank: 1,
        labelProbability: 0.5,
        topIndices: [index < correct ? 0 : 1],
        topProbabilities: [0.5],
      })),
    })
  const wrong = (): number =>
    listPredictions(db, { runId, filter: { which: 'wrong' }, order: 'loss', offset: 0, limit: 9 }).total
  const save = async (stepIndex: number): Promise<void> => {
    void feed.take({ type: 'checkpoint-begin', stepIndex, tensors: [] })
    await feed.take({ type: 'checkpoint-end', sha256: createHash('sha256').digest('hex') })
  }
  steps(0, 2)
  await save(2)
  steps(2, 4)
  evaluate(4, 1)
  predict(1)
  void feed.take(finished)
  return { db, runId, feed, steps, save, evaluate, predict, wrong }
}

describe('a run that goes on', () => {
  it('keeps its accuracy, its evaluations and its mistakes, and says after which step they were', async () => {
    const { db, runId, wrong } = await stoppedRun()
    expect(earlierResultStep(getRun(db, runId))).toBeNull()
    expect(rewindRun(db, runId).stepIndex).toBe(2)
    const run = getRun(db, runId)
    expect(run).toMatchObject({ stepsDone: 2, wrongCount: 3, resultStep: 4, accuracy: { correct: 1 } })
    expect(earlierResultStep(run)).toBe(4)
    expect(listEvaluations(db, runId).map(({ stepIndex }) => stepIndex)).toEqual([4])
    expect(wrong()).toBe(3)
  })

  it('has the earlier mistakes until the new evaluation is whole, and then the new ones alone', async () => {
    const { db, runId, feed, steps, evaluate, predict, wrong } = await stoppedRun()
    rewindRun(db, runId)
    steps(2, 5)
    predict(4)
    expect(wrong()).toBe(3)
    evaluate(5, 4)
    void feed.take(finished)
    expect(wrong()).toBe(0)
    expect(getRun(db, runId)).toMatchObject({ wrongCount: 0, resultStep: 5, accuracy: { correct: 4 } })
  })

  it('that is stopped before it comes as far again has no evaluation of a step that it has not taken', async () => {
    const { db, runId, feed, steps, evaluate, predict } = await stoppedRun()
    rewindRun(db, runId)
    steps(2, 3)
    evaluate(3, 2)
    predict(2)
    void feed.take(finished)
    expect(listEvaluations(db, runId).map(({ stepIndex }) => stepIndex)).toEqual([3])
    expect(getRun(db, runId)).toMatchObject({ resultStep: 3, accuracy: { correct: 2 }, wrongCount: 2 })
  })

  it('has a set for each evaluation it took, names that of its mistakes, and forgets those after its last step', async () => {
    const { db, runId, feed, steps, evaluate, predict } = await stoppedRun()
    const sets = () =>
      listPredictionSets(db, runId).map(({ part, checkpointStep, isResult }) => [
        part,
        checkpointStep,
        isResult,
      ])
    const [imageId = 0] = imageLayout(db, getRun(db, runId).datasetId, {}).ids
    const shape = { classCount: 2, loss: 'softmax', hasScores: true } as const
    const row = {
      imageId,
      labelIndex: 0,
      loss: 1,
      labelRank: 1,
      labelProbability: 0.5,
      topIndices: [0],
      topProbabilities: [0.5],
    }
    const bytes = packBlock(shape, [row], Uint16Array.of(0xb98c, 0xb98c))
    const keep = (part: 'val' | 'test' | 'train', stepIndex: number, isWhole = true): void => {
      void feed.take({ type: 'set-begin', part, stepIndex, shape, partCount: 4 })
      void feed.take({ type: 'set-block', bytes })
      if (!isWhole) return
      void feed.take({ type: 'set-end', sha256: createHash('sha256').update(bytes).digest('hex') })
    }
    keep('val', 4)
    rewindRun(db, runId)
    steps(2, 3)
    keep('val', 3, false)
    expect(sets()).toEqual([['val', 4, false]])
    for (const part of ['val', 'test', 'train'] as const) keep(part, 3)
    evaluate(3, 2)
    predict(2)
    void feed.take(finished)
    expect(sets()).toEqual([
      ['train', 3, false],
      ['val', 3, false],
      ['test', 3, true],
    ])
    expect(db.prepare('SELECT count(*) AS n FROM prediction_sets').get()).toEqual({ n: 3 })
  })
})

describe('a run that has diverged', () => {
  it('goes on from the checkpoint before the step that spoiled its weights', async () => {
    const { db, runId, feed, steps, save } = await stoppedRun()
    steps(4, 6)
    await save(6)
    const error = { code: 'loss-not-finite', message: 'It has diverged.', wayOut: '' } as const
    void feed.take({ type: 'failed', error })
    expect(getRun(db, runId)).toMatchObject({ state: 'failed', error, checkpointStep: 2 })
    expect(listCheckpoints(db, runId).map(({ stepIndex }) => stepIndex)).toEqual([2])
  })

  it('keeps its last checkpoint where it failed of something else', async () => {
    const { db, runId, feed, steps, save } = await stoppedRun()
    steps(4, 6)
    await save(6)
    void feed.take({ type: 'failed', error: { code: 'internal', message: 'A bug.', wayOut: '' } })
    expect(getRun(db, runId)).toMatchObject({ state: 'failed', checkpointStep: 6 })
  })
})

describe('a thread of checkpoints that ends by itself', () => {
  /** The real one, that ends before its second piece of a checkpoint while a file called "ends" is there. */
  async function endingThread() {
    const { db, homePath } = temporaryStore()
    const datasetId = addDataset(db)
    const runId = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'first'))
    const whole = await buildProgram('checkpointer')
    const path = join(homePath, 'ending.cjs')
    const [word, mark] = [
      JSON.stringify('The thread ran out of memory.'),
      JSON.stringify(join(homePath, 'ends')),
    ]
    writeFileSync(
      path,
      `require('node:worker_threads').parentPort.on('message', ({ method, values }) => {
        if (method === 'append' && values[1] === 2 && require('node:fs').existsSync(${mark})) throw new Error(${word})
      })
      require(${JSON.stringify(whole)})`,
    )
    writeFileSync(join(homePath, 'ends'), '')
    const checkpoints = startCheckpointThread(path, homePath)
    const said: string[] = []
    const context = {
      ...{ db, checkpoints, clock: () => 1 },
      emit: (event: CoreEvent) => {
        if (event.type === 'run-log') said.push(event.line.text)
      },
    }
    const feed = createRunFeed(context, { learn: () => undefined }, runId, createRunEnds(context))
    onTestFinished(async () => {
      feed.close()
      await checkpoints.close()
    })
    const tensors = [{ name: 'w', shape: [2], byteCount: 8 }]
    const save = async (stepIndex: number): Promise<void> => {
      void feed.take({ type: 'checkpoint-begin', stepIndex, tensors })
      const pieces = [stepIndex, stepIndex].map((value) => Uint8Array.from([0, 0, 0, value]))
      const hash = createHash('sha256')
      for (const bytes of pieces) hash.update(bytes)
      // like the trainer's: none waits for the one before
      const sent = pieces.map((bytes) => feed.take({ type: 'checkpoint-chunk', bytes }))
      await Promise.all(sent)
      await feed.take({ type: 'checkpoint-end', sha256: hash.digest('hex') })
    }
    const saved = (): number[] => listCheckpoints(db, runId).map(({ stepIndex }) => stepIndex)
    return { db, checkpoints, homePath, said, save, saved }
  }

  it('is started again: the run is told what was lost, goes on, and has its next checkpoint', async () => {
    const { db, checkpoints, homePath, said, save, saved } = await endingThread()
    await save(1)
    await save(2)
    expect(saved()).toEqual([])
    expect(said).toEqual([1, 2].map(() => expect.stringMatching(/ran out of memory.*the run goes on/)))
    rmSync(join(homePath, 'ends'))
    await save(3)
    expect(saved()).toEqual([3])
    await verifyCheckpoint(db, checkpoints, 1)
    // what the thread left is of no run
    await checkpoints.keepOnly(storedNames(db))
    expect(await checkpoints.names()).toEqual(storedNames(db))
  })

  it('ends the run where no checkpoint is saved any more, and says why', async () => {
    const { said, save } = await endingThread()
    await save(1)
    await save(2)
    await expect(save(3)).rejects.toMatchObject({
      code: 'internal',
      message: 'The thread that writes checkpoints ended: The thread ran out of memory.',
    })
    expect(said).toHaveLength(2)
  })
})
