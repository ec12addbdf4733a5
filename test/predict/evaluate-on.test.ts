import { describe, expect, it } from 'vitest'
import { openableSetSchema } from '../../src/contract/entities/prediction-set'
import { createColumns } from '../../src/main/columns/columns'
import { confusionOfPairs } from '../../src/contract/entities/confusion'
import { confusionOf } from '../../src/main/runs/confusion'
import { evaluateHandlers } from '../../src/main/predict/evaluate-on'
import type { LogitsRequest } from '../../src/main/predict/predict'
import type { ServiceContext } from '../../src/main/app/context'
import type { ImageAnswer } from '../../src/main/protocol/messages'
import { insertCheckpoint } from '../../src/main/store/checkpoints/checkpoints'
import { insertEvaluation } from '../../src/main/store/runs/metrics'
import { openableSets } from '../../src/main/store/runs/other-sets'
import { deleteRun, updateRun } from '../../src/main/store/runs/runs'
import { createTasks } from '../../src/main/tasks/tasks'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'

/** A run on elm and oak, and a dataset with oaks, elms and yews: the model takes every image for an elm. */
function filled(answer: (index: number) => Partial<ImageAnswer> = () => ({})) {
  const { db } = temporaryStore()
  const own = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
  const runId = addRun(db, own)
  const stored = { name: '0123456789abcdef', sha256: 'ab'.repeat(32) }
  insertCheckpoint(db, { runId, stepIndex: 9, createdAtMs: 1, byteCount: 1, stored })
  const datasetId = addDataset(db, 'others', syntheticScan(['Elm', 'Oak', 'yew'], 5))
  const tasks = createTasks(
    () => undefined,
    () => 5,
  )
  const asked: LogitsRequest[] = []
  const logits = async (request: LogitsRequest): Promise<void> => {
    asked.push(request)
    request.onAnswers(
      request.keys.map((_, index) => ({
        ...{ index, widthPx: null, heightPx: null, topIndices: [], topProbabilities: [] },
        ...{ features: null, evidence: null, problem: null, logits: Float32Array.from([2, 1]) },
        ...answer(index),
      })),
    )
  }
  const context = {
    db,
    clock: () => 5,
    tasks,
    paths: { modelsPath: '/nowhere' },
  } as unknown as ServiceContext
  return { db, runId, datasetId, tasks, asked, handlers: evaluateHandlers(context, { logits }) }
}

async function ended(tasks: ReturnType<typeof createTasks>, taskId: number) {
  for (;;) {
    const task = tasks.list().find(({ id }) => id === taskId)
    if (task !== undefined && task.state !== 'running') return task
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

describe('evaluating a run on another dataset', () => {
  it('plans which class is which, by name', async () => {
    const { runId, datasetId, handlers } = filled()
    const plan = await handlers['evaluate.plan']({ runId, datasetId })
    expect(plan.mapping).toEqual([
      ['elm', 'Elm'],
      ['oak', 'Oak'],
    ])
    expect([plan.steps, plan.bestStep]).toEqual([[9], null])
    expect(plan.datasetClasses.map(({ name, train, val, test }) => [name, train + val + test])).toEqual([
      ['Elm', 5],
      ['Oak', 5],
      ['yew', 5],
    ])
  })

  it('makes a set of those images whose class the model has, and counts the others', async () => {
    const { db, runId, datasetId, tasks, asked, handlers } = filled((index) =>
      index === 0 ? { logits: null, problem: 'gone' } : {},
    )
    const { taskId } = await handlers['evaluate.start']({ runId, datasetId, part: null, step: 'last' })
    const { resultId, state } = await ended(tasks, taskId)
    expect(state).toBe('done')
    expect(asked[0]?.keys).toHaveLength(10)
    const sets = openableSets(db, runId)
    expect(sets.map((set) => openableSetSchema.parse(set))).toEqual([
      expect.objectContaining({
        ...{
          id: resultId,
          datasetId,
          datasetName: 'others',
          runId: null,
          modelId: `run:${runId}`,
          rowCount: 9,
        },
        other: expect.objectContaining({
          kind: 'elsewhere',
          isWhole: true,
          unmappedCount: 5,
          unreadCount: 1,
        }),
      }),
    ])
    const found = await createColumns(db).allPredictions(runId, resultId ?? 0)
    expect(confusionOf(found)).toEqual(
      confusionOfPairs(
        ['Elm', 'Oak', 'yew'],
        [
          { labelIndex: 0, predictedIndex: 0, count: 4 },
          { labelIndex: 1, predictedIndex: 0, count: 5 },
        ],
      ),
    )
  })

  it('takes the checkpoint that is asked for: the last, the best on val, or that of a step', async () => {
    const { db, runId, datasetId, tasks, asked, handlers } = filled()
    const stored = { name: 'fedcba9876543210', sha256: 'cd'.repeat(32) }
    insertCheckpoint(db, { runId, stepIndex: 4, createdAtMs: 1, byteCount: 1, stored })
    const accuracy = { value: 0.9, low: 0.8, high: 1, correct: 9, total: 10 }
    for (const [stepIndex, value] of [
      [4, 0.9],
      [9, 0.7],
    ] as const) {
      const measures = { partCount: 10, topFive: null, balanced: null }
      const evaluation = { stepIndex, part: 'val', loss: 1, atMs: 1, measures } as const
      insertEvaluation(db, runId, { ...evaluation, accuracy: { ...accuracy, value } })
    }
    expect((await handlers['evaluate.plan']({ runId, datasetId })).bestStep).toBe(4)
    for (const step of ['last', 'best', 9] as const) {
      const { taskId } = await handlers['evaluate.start']({ runId, datasetId, part: null, step })
      await ended(tasks, taskId)
    }
    expect(asked.map(({ model }) => model.weightsKey)).toEqual(['run 1', 'run 2', 'run 1'])
    await expect(handlers['evaluate.start']({ runId, datasetId, part: null, step: 5 })).rejects.toMatchObject(
      { code: 'not-found', wayOut: expect.stringContaining('bitw checkpoints') as string },
    )
  })

  it('takes the place of the one before, and goes with its run', async () => {
    const { db, runId, datasetId, tasks, handlers } = filled()
    const start = async (): Promise<void> => {
      const { taskId } = await handlers['evaluate.start']({ runId, datasetId, part: null, step: 'last' })
      await ended(tasks, taskId)
    }
    await start()
    await start()
    expect(openableSets(db, runId)).toHaveLength(1)
    updateRun(db, runId, { state: 'done', endedAtMs: 1 })
    deleteRun(db, runId)
    expect(db.prepare('SELECT count(*) AS count FROM prediction_sets').get()).toEqual({ count: 0 })
  })

  it('says where there is nothing to evaluate, and leaves nothing behind where it fails', async () => {
    const { db, runId, datasetId, tasks, handlers } = filled(() => ({ logits: null, problem: 'gone' }))
    const start = handlers['evaluate.start']
    await expect(
      start({ runId, datasetId, part: null, step: 'last', mapping: [['elm', null]] }),
    ).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(
      start({ runId, datasetId, part: null, step: 'last', mapping: [['ash', 'Elm']] }),
    ).rejects.toMatchObject({
      message: 'The model has no class "ash".',
    })
    await expect(start({ runId, datasetId, part: null, step: 3 })).rejects.toMatchObject({
      code: 'not-found',
    })
    const { taskId } = await start({ runId, datasetId, part: null, step: 'last' })
    expect(await ended(tasks, taskId)).toMatchObject({ state: 'failed', error: { code: 'bad-image' } })
    expect(db.prepare('SELECT count(*) AS count FROM prediction_sets').get()).toEqual({ count: 0 })
  })

  it('refuses weights that give no number', async () => {
    const { db, runId, datasetId, tasks, handlers } = filled((index) =>
      index === 3 ? { logits: Float32Array.from([NaN, NaN]) } : {},
    )
    const { taskId } = await handlers['evaluate.start']({ runId, datasetId, part: null, step: 'last' })
    expect(await ended(tasks, taskId)).toMatchObject({
      state: 'failed',
      error: { code: 'loss-not-finite', message: expect.stringMatching(/after step 9 gives no number for/) },
    })
    expect(db.prepare('SELECT count(*) AS count FROM prediction_sets').get()).toEqual({ count: 0 })
  })
})
