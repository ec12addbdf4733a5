import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../src/contract/events'
import { checkpointsHandlers } from '../../src/main/checkpoints/checkpoints'
import { insertEvaluation } from '../../src/main/store/runs/metrics'
import { prune } from '../../src/main/store/checkpoints/checkpoint-retention'
import { storedNames } from '../../src/main/store/checkpoints/checkpoints'
import { getRun, updateRun } from '../../src/main/store/runs/runs'
import { addDataset, addRun, temporaryStore } from '../store/support/home'
import { saveCheckpoint, temporaryCheckpoints } from '../store/support/saved-checkpoint'

/** A run with checkpoints of a thousand bytes, evaluated on val after those steps that say how right it was. */
async function runWith(steps: readonly (readonly [step: number, accuracy: number | null])[]) {
  const { db, homePath } = temporaryStore()
  const checkpoints = temporaryCheckpoints(homePath)
  const runId = addRun(db, addDataset(db))
  updateRun(db, runId, { state: 'stopped', endedAtMs: 1 })
  const events: CoreEvent[] = []
  const handlers = checkpointsHandlers({ db, checkpoints, emit: (event) => void events.push(event) })
  const ids: number[] = []
  for (const [stepIndex, value] of steps) {
    const tensors = [{ name: 'w', shape: [250], byteCount: 1000 }]
    const bytes = new Uint8Array(1000).fill(stepIndex)
    ids.push(await saveCheckpoint(db, checkpoints, { runId, stepIndex, tensors, bytes }))
    if (value === null) continue
    const accuracy = { correct: value * 10, total: 10, value, low: 0, high: 1 }
    const measures = { partCount: 10, topFive: null, balanced: null }
    insertEvaluation(db, runId, { stepIndex, part: 'val', loss: 1 - value, accuracy, measures, atMs: 1 })
  }
  const list = async () =>
    (await handlers['checkpoints.list']({ runId })).map(({ stepIndex, kinds }) => [stepIndex, kinds])
  return { db, homePath, checkpoints, runId, ids, handlers, events, list }
}

describe('the checkpoints of a run', () => {
  it('are listed with what each is kept for, its accuracy, and its id as a model', async () => {
    const { handlers, runId } = await runWith([
      [10, 0.9],
      [20, 0.5],
      [30, null],
    ])
    expect(await handlers['checkpoints.list']({ runId })).toMatchObject([
      { stepIndex: 10, kinds: ['best'], valAccuracy: 0.9, modelId: `run:${String(runId)}@10` },
      { stepIndex: 20, kinds: ['before'], valAccuracy: 0.5, byteCount: 1000 },
      { stepIndex: 30, kinds: ['last'], valAccuracy: null },
    ])
  })

  it('are pruned by the rule: the last two, the best, and what is pinned stay', async () => {
    const { db, checkpoints, runId, ids, handlers, list } = await runWith([
      [10, 0.1],
      [20, 0.9],
      [30, 0.2],
      [40, 0.3],
      [50, 0.4],
    ])
    await handlers['checkpoints.pin']({ id: ids[0] ?? 0, isPinned: true })
    prune(db, runId, 1e9)
    expect(await list()).toEqual([
      [10, ['pinned']],
      [20, ['best']],
      [40, ['before']],
      [50, ['last']],
    ])
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(1)
    await handlers['checkpoints.pin']({ id: ids[0] ?? 0, isPinned: false })
    prune(db, runId, 1e9)
    expect((await list()).map(([step]) => step)).toEqual([20, 40, 50])
  })

  it('are found sound or damaged', async () => {
    const { db, handlers, ids } = await runWith([[10, null]])
    const id = ids[0] ?? 0
    expect(await handlers['checkpoints.verify']({ id })).toEqual({ isSound: true, reason: null })
    db.prepare('UPDATE checkpoints SET sha256 = ?').run(Buffer.alloc(32))
    expect(await handlers['checkpoints.verify']({ id })).toEqual({
      isSound: false,
      reason: expect.stringContaining('has changed') as unknown,
    })
    await expect(handlers['checkpoints.verify']({ id: 99 })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('can be deleted, and the run then goes on from the one before', async () => {
    const { db, handlers, ids, runId, events, list } = await runWith([
      [10, null],
      [20, null],
    ])
    await handlers['checkpoints.delete']({ id: ids[1] ?? 0 })
    expect(await list()).toEqual([[10, ['last']]])
    expect(getRun(db, runId).checkpointStep).toBe(10)
    expect(events.map(({ type }) => type)).toEqual(['checkpoints-changed', 'run'])
    expect((await handlers['checkpoints.space']({})).freeBytes).toBe(0)
  })

  it('give their space back before a new budget is answered', async () => {
    const { db, checkpoints, handlers } = await runWith([
      [10, null],
      [20, null],
      [30, null],
    ])
    const { count, freeBytes } = await handlers['checkpoints.setBudget']({ budgetBytes: 0 })
    expect([count, freeBytes]).toEqual([1, 0])
    expect(await checkpoints.names()).toEqual(storedNames(db))
  })

  it('that the run may still need, or that are in use, are not deleted', async () => {
    const { db, handlers, ids, runId } = await runWith([
      [10, null],
      [20, null],
      [30, null],
    ])
    db.prepare(
      "INSERT INTO promotions (dataset_id, run_id, step_index, at_ms, by_whom, why) VALUES (1, ?, 10, 1, 'x', 'y')",
    ).run(runId)
    await expect(handlers['checkpoints.delete']({ id: ids[0] ?? 0 })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    updateRun(db, runId, { state: 'training' })
    await expect(handlers['checkpoints.delete']({ id: ids[1] ?? 0 })).rejects.toMatchObject({ code: 'busy' })
  })
})

describe('the budget of the home', () => {
  it('is shown, and kept when it is set; what must stay is told as beyond it', async () => {
    const { handlers, list } = await runWith([
      [10, 0.9],
      [20, 0.1],
      [30, 0.2],
    ])
    expect(await handlers['checkpoints.space']({})).toMatchObject({
      ...{ count: 3, checkpointBytes: 3000, isDefaultBudget: true, overBytes: 0, everySteps: 0 },
      budgetBytes: expect.any(Number) as unknown,
    })
    expect(await handlers['checkpoints.beyond']({ budgetBytes: 1500 })).toEqual({ count: 1, byteCount: 1000 })
    expect(await handlers['checkpoints.beyond']({ budgetBytes: null })).toEqual({ count: 0, byteCount: 0 })
    const space = await handlers['checkpoints.setBudget']({ budgetBytes: 1500, everySteps: 7 })
    expect(space).toMatchObject({ count: 2, budgetBytes: 1500, overBytes: 500, everySteps: 7 })
    expect(await list()).toEqual([
      [10, ['before', 'best']],
      [30, ['last']],
    ])
    const { defaultBudgetBytes } = space
    expect(defaultBudgetBytes).toBeGreaterThan(1500)
    expect(await handlers['checkpoints.setBudget']({ budgetBytes: null })).toMatchObject({
      isDefaultBudget: true,
      // of what is free: others write to the disk, too
      budgetBytes: expect.closeTo(defaultBudgetBytes, -9) as unknown,
      everySteps: 7,
    })
  })

  it('makes no file where nothing was saved', async () => {
    const { homePath, handlers } = await runWith([])
    expect(await handlers['checkpoints.space']({})).toMatchObject({ count: 0, fileBytes: 0 })
    expect(existsSync(join(homePath, 'checkpoints.db'))).toBe(false)
  })
})
