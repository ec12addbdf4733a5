import { describe, expect, it } from 'vitest'
import type { StepMetric } from '../../../src/contract/entities/run'
import type { ErrorCode } from '../../../src/contract/errors'
import { rowsOf, unpackSteps } from '../../../src/domain/steps/step-block'
import { insertStep, listSteps } from '../../../src/main/store/runs/metrics'
import { deleteRun, getRun, updateRun } from '../../../src/main/store/runs/runs'
import { inTransaction, type Db } from '../../../src/main/store/statement'
import {
  blocksFromSql,
  insertStepRow,
  packFullBlocks,
  packRest,
  readStepBlocks,
  rewindSteps,
} from '../../../src/main/store/runs/step-blocks'
import { addDataset, addRun, queryPlan, temporaryStore } from '../support/home'
import { refusal } from '../support/refusal'

function step(stepIndex: number, loss = 1 / (stepIndex + 3)): StepMetric {
  return {
    stepIndex,
    loss,
    batchAccuracy: 0.5,
    learningRate: 0.1,
    stepMs: 2,
    waitMs: 1,
    atMs: 100 + stepIndex,
  }
}

const stepsUpTo = (count: number): StepMetric[] => Array.from({ length: count }, (_, index) => step(index))

function runWith(count: number): { db: Db; id: number } {
  const { db } = temporaryStore()
  const id = addRun(db, addDataset(db))
  // one transaction: what is tested is where they lie, not that each is synced
  inTransaction(db, () => {
    for (const metric of stepsUpTo(count)) insertStep(db, id, metric, null)
  })
  return { db, id }
}

function counts(db: Db): { blocks: number; rows: number } {
  const count = (table: string): number =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? -1
  return { blocks: count('step_blocks'), rows: count('steps') }
}

describe('steps', () => {
  it('become a block at every thousandth, and read as before', () => {
    const { db, id } = runWith(2500)
    expect(counts(db)).toEqual({ blocks: 2, rows: 500 })
    expect(listSteps(db, id)).toEqual(stepsUpTo(2500))
    expect(listSteps(db, id, 1234)).toEqual(stepsUpTo(2500).slice(1234))
    expect(listSteps(db, id, 2400)).toEqual(stepsUpTo(2500).slice(2400))
    expect(listSteps(db, id, 2500)).toEqual([])
    expect(getRun(db, id)).toMatchObject({ stepsDone: 2500, lastLoss: step(2499).loss })
  })

  it('are read as blocks from the one that has the step on', () => {
    const { db, id } = runWith(2500)
    const first = (fromStep: number): number | undefined =>
      unpackSteps(readStepBlocks(db, id, fromStep)).stepIndices[0]
    expect(rowsOf(unpackSteps(readStepBlocks(db, id)))).toEqual(stepsUpTo(2500))
    expect([first(0), first(999), first(1000), first(2100), first(2500)]).toEqual([
      0,
      0,
      1000,
      2100,
      undefined,
    ])
    expect(queryPlan(db, blocksFromSql, 1, 0)).toMatch(/SEARCH step_blocks USING INDEX/)
  })

  it('leave no row behind where a run has ended', () => {
    const { db, id } = runWith(1200)
    packRest(db, id)
    packRest(db, id)
    expect(counts(db)).toEqual({ blocks: 2, rows: 0 })
    expect(listSteps(db, id)).toEqual(stepsUpTo(1200))
  })

  it.each([0, 400, 1000, 1700, 2000, 2300])('go back to step %i and on from there', (stepIndex) => {
    const { db, id } = runWith(2500)
    packRest(db, id)
    expect(rewindSteps(db, id, stepIndex)).toEqual({
      trainingMs: 2 * stepIndex,
      waitMs: stepIndex,
      lastLoss: stepIndex === 0 ? null : step(stepIndex - 1).loss,
    })
    expect(listSteps(db, id)).toEqual(stepsUpTo(stepIndex))
    inTransaction(db, () => {
      for (const metric of stepsUpTo(2500).slice(stepIndex)) insertStep(db, id, metric, null)
    })
    expect(listSteps(db, id)).toEqual(stepsUpTo(2500))
  })

  it('replace one that is in a block already', () => {
    const { db, id } = runWith(1500)
    insertStep(db, id, step(700, 9), null)
    const expected = stepsUpTo(1500)
    expected[700] = step(700, 9)
    expect(listSteps(db, id)).toEqual(expected)
  })

  it('of an older version are packed a few blocks at a time', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    inTransaction(db, () => {
      for (const metric of stepsUpTo(3500)) insertStepRow(db, id, metric)
    })
    packFullBlocks(db, id, 2)
    expect(counts(db)).toEqual({ blocks: 2, rows: 1500 })
    packFullBlocks(db, id, 9)
    expect(counts(db)).toEqual({ blocks: 3, rows: 500 })
    expect(listSteps(db, id)).toEqual(stepsUpTo(3500))
  })

  it('without a row for some, as where no image could be read, become blocks all the same', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    const some = stepsUpTo(4000).filter(({ stepIndex }) => stepIndex % 3 === 0)
    inTransaction(db, () => {
      for (const metric of some) insertStep(db, id, metric, null)
    })
    expect(counts(db).blocks).toBe(3)
    expect(listSteps(db, id)).toEqual(some)
  })

  it('go with their run', () => {
    const { db, id } = runWith(1200)
    updateRun(db, id, { state: 'done', endedAtMs: 1 })
    deleteRun(db, id)
    expect(counts(db)).toEqual({ blocks: 0, rows: 0 })
  })

  it('say that they are damaged', () => {
    const { db, id } = runWith(1200)
    db.prepare('UPDATE step_blocks SET bytes = zeroblob(100)').run()
    expect(refusal(() => listSteps(db, id)).code).toBe<ErrorCode>('home-broken')
  })
})
