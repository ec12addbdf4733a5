import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { accuracyOf } from '../../../src/domain/rules/interval'
import type { EngineReport } from '../../../src/contract/entities/model'
import {
  evaluationSchema,
  logLineSchema,
  runSchema,
  stepMetricSchema,
} from '../../../src/contract/entities/run'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { insertMeasurement, listMeasurements } from '../../../src/main/store/measurements'
import {
  insertEvaluation,
  insertLog,
  insertStep,
  listEvaluations,
  listLog,
  listLogSql,
  listSteps,
} from '../../../src/main/store/runs/metrics'
import { selectRuns } from '../../../src/main/store/runs/run-row'
import {
  activeRunsSql,
  deleteRun,
  getRun,
  insertRun,
  listRuns,
  markInterrupted,
  renameRun,
  updateRun,
} from '../../../src/main/store/runs/runs'
import { listStepsSql } from '../../../src/main/store/runs/step-blocks'
import { addDataset, addRun, queryPlan, temporaryStore } from '../support/home'
import { newRun } from '../support/new-run'

const engine: EngineReport = {
  kind: 'tensorflow',
  version: '2.20.0',
  device: 'cpu',
  deviceName: 'Two cores',
  threadCount: 2,
  memoryBytes: 8e9,
  why: 'no GPU',
  faster: [],
  versions: { tfjs: '4.22.0' },
}
const accuracy = { correct: 9, total: 10, value: 0.9, low: 0.596, high: 0.982 }

function metric(stepIndex: number, loss = 2) {
  return { stepIndex, loss, batchAccuracy: 0.25, learningRate: 0.003, stepMs: 12.5, waitMs: 1, atMs: 99 }
}

describe('runs', () => {
  it('begin as they were asked for', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const { split } = getDataset(db, datasetId)
    const asked = newRun(datasetId, split.id, 'first')
    const run = runSchema.parse(getRun(db, insertRun(db, asked)))
    expect(run).toMatchObject({ ...asked, state: 'starting', datasetName: 'trees', splitHash: split.hash })
    expect(run).toMatchObject({
      stepsDone: 0,
      lastLoss: null,
      endedAtMs: null,
      accuracy: null,
      engine: null,
      error: null,
    })
  })

  it('know how many images of their split are held out', () => {
    const { db } = temporaryStore()
    // two classes of 20 images: a fifth of each is for the test, a tenth for validation
    const id = addRun(db, addDataset(db))
    expect(getRun(db, id).heldOut).toEqual({ val: 4, test: 8 })
  })

  it('know where their weights began through the runs between, as long as those are there', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const { split } = getDataset(db, datasetId)
    const begin = (weights: string | null): number =>
      insertRun(db, { ...newRun(datasetId, split.id, 'first'), weights })
    const originOf = (id: number): string | null => getRun(db, id).origin
    const first = begin('embedded:bit-tiny')
    const second = begin(`run:${first}`)
    const third = begin(`run:${second}`)
    const fromZero = begin(`run:${begin(null)}`)
    expect([first, second, third].map(originOf)).toEqual(Array(3).fill('embedded:bit-tiny'))
    expect(originOf(fromZero)).toBeNull()
    expect(listRuns(db).find(({ id }) => id === third)?.origin).toBe('embedded:bit-tiny')
    updateRun(db, second, { state: 'stopped', endedAtMs: 1 })
    deleteRun(db, second)
    expect(originOf(third)).toBe(`run:${second}`)
  })

  it('take figures as they come and keep what is not mentioned', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    updateRun(db, id, { engine })
    updateRun(db, id, { state: 'training' })
    insertStep(db, id, metric(0, 2.5), 500)
    insertStep(db, id, metric(1, 1.5), 400)
    insertStep(db, id, metric(2, 1.25), null)
    expect(getRun(db, id)).toMatchObject({
      state: 'training',
      stepsDone: 3,
      lastLoss: 1.25,
      peakMemoryBytes: 500,
      engine,
    })
    updateRun(db, id, {
      state: 'done',
      endedAtMs: 5000,
      imagesPerSecond: 33.5,
      waitFraction: 0.25,
      trainingMs: 3000,
      peakMemoryBytes: 600,
      evaluatedOn: 'test',
      accuracy,
      wrongCount: 1,
    })
    updateRun(db, id, {})
    expect(runSchema.parse(getRun(db, id))).toMatchObject({
      state: 'done',
      endedAtMs: 5000,
      imagesPerSecond: 33.5,
      waitFraction: 0.25,
      trainingMs: 3000,
      peakMemoryBytes: 600,
      evaluatedOn: 'test',
      accuracy,
      wrongCount: 1,
      engine,
    })
    expect(getRun(db, id).changedCount).toBe(0)
    updateRun(db, id, { accuracy: null, evaluatedOn: 'train', changedCount: 3 })
    expect(getRun(db, id)).toMatchObject({ accuracy: null, evaluatedOn: 'train', changedCount: 3 })
  })

  it('end with a time, and only then', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    expect(() => updateRun(db, id, { state: 'done' })).toThrowError(/CHECK/)
    expect(() => updateRun(db, id, { endedAtMs: 5 })).toThrowError(/CHECK/)
    const error = { code: 'out-of-memory', message: 'No memory.', wayOut: 'Less.' } as const
    updateRun(db, id, { state: 'failed', endedAtMs: 5, error })
    expect(getRun(db, id)).toMatchObject({ state: 'failed', endedAtMs: 5, error })
    updateRun(db, id, { state: 'training', error: null })
    expect(getRun(db, id)).toMatchObject({ state: 'training', endedAtMs: null, error: null })
  })

  it('are listed newest first, renamed and deleted with all they have', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const first = addRun(db, datasetId, 'first')
    const second = addRun(db, datasetId, 'second')
    renameRun(db, first, 'renamed')
    expect(
      z
        .array(runSchema)
        .parse(listRuns(db))
        .map(({ name }) => name),
    ).toEqual(['second', 'renamed'])
    insertStep(db, second, metric(0), null)
    insertLog(db, second, { atMs: 1, kind: 'info', text: 'hello' })
    expect(() => deleteRun(db, second)).toThrowError(expect.objectContaining({ code: 'busy' }))
    updateRun(db, second, { state: 'stopped', endedAtMs: 1 })
    deleteRun(db, second)
    expect(listRuns(db).map(({ id }) => id)).toEqual([first])
    expect(listSteps(db, second)).toEqual([])
    expect(listLog(db, second, 10)).toEqual([])
  })

  it('that do not exist are not found', () => {
    const { db } = temporaryStore()
    const missing = expect.objectContaining({ code: 'not-found' })
    expect(() => getRun(db, 1)).toThrowError(missing)
    expect(() => renameRun(db, 1, 'x')).toThrowError(missing)
    expect(() => updateRun(db, 1, { trainingMs: 1 })).toThrowError(missing)
    expect(() => deleteRun(db, 1)).toThrowError(missing)
  })

  it('that were active at the last end are marked, with how far they came', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const done = addRun(db, datasetId, 'done')
    updateRun(db, done, { state: 'done', endedAtMs: 1 })
    const early = addRun(db, datasetId, 'early')
    const late = addRun(db, datasetId, 'late')
    updateRun(db, late, { state: 'evaluating' })
    insertStep(db, late, metric(41), null)
    expect(markInterrupted(db, 777).map(({ name }) => name)).toEqual(['early', 'late'])
    expect(markInterrupted(db, 778)).toEqual([])
    expect(getRun(db, early)).toMatchObject({ state: 'interrupted', endedAtMs: 777 })
    expect(runSchema.parse(getRun(db, late)).error?.message).toContain('42 completed steps')
    expect(listLog(db, late, 5)).toMatchObject([{ atMs: 777, kind: 'error' }])
    expect(getRun(db, done)).toMatchObject({ state: 'done', endedAtMs: 1 })
  })

  it('are listed by one statement without a sort, however many', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    for (let index = 0; index < 300; index++) addRun(db, datasetId, `run ${index}`)
    expect(listRuns(db)).toHaveLength(300)
    const plan = queryPlan(db, `${selectRuns} ORDER BY runs.id DESC`)
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN (datasets|splits)/)
    expect(queryPlan(db, activeRunsSql)).toContain('runs_active')
  })
})

describe('metrics', () => {
  it('keep every step in order and replace a step that is done again', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    for (const index of [0, 1, 2]) insertStep(db, id, metric(index), null)
    insertStep(db, id, metric(1, 0.5), null)
    expect(z.array(stepMetricSchema).parse(listSteps(db, id))).toEqual([metric(0), metric(1, 0.5), metric(2)])
    expect(listSteps(db, id, 2)).toEqual([metric(2)])
    expect(getRun(db, id).stepsDone).toBe(3)
    expect(queryPlan(db, listStepsSql, 1, 0, 9)).toMatch(/SEARCH steps USING PRIMARY KEY/)
  })

  it('refuse a loss that is no number and a run that is not there', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    expect(() => insertStep(db, id, metric(0, Number.NaN), null)).toThrowError(/NOT NULL/)
    expect(() => insertStep(db, 999, metric(0), null)).toThrowError(/FOREIGN KEY/)
    expect(getRun(db, id).stepsDone).toBe(0)
  })

  it('keep evaluations by step and part', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    const measures = {
      partCount: accuracy.total + 6,
      topFive: accuracyOf(accuracy.total, accuracy.total),
      balanced: { value: 0.25, classCount: 3, leastCount: 1, mostCount: 9 },
    }
    const evaluation = { stepIndex: 50, part: 'val', loss: 0.75, accuracy, measures, atMs: 3 } as const
    insertEvaluation(db, id, { ...evaluation, stepIndex: 100, part: 'test' })
    insertEvaluation(db, id, { ...evaluation, loss: 9 })
    insertEvaluation(db, id, evaluation)
    expect(z.array(evaluationSchema).parse(listEvaluations(db, id))).toEqual([
      evaluation,
      { ...evaluation, stepIndex: 100, part: 'test' },
    ])
  })

  it('give the last log lines, oldest first', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    for (const text of ['a', 'b', 'c']) insertLog(db, id, { atMs: 1, kind: 'info', text })
    expect(
      z
        .array(logLineSchema)
        .parse(listLog(db, id, 2))
        .map(({ text }) => text),
    ).toEqual(['b', 'c'])
    expect(queryPlan(db, listLogSql, 1, 1)).toContain('log_lines_by_run')
    expect(queryPlan(db, listLogSql, 1, 1)).not.toContain('TEMP B-TREE')
  })
})

describe('a recipe from before there was a choice of precision', () => {
  it('opens as float32, alone and in the list', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db), 'old')
    db.exec("UPDATE runs SET recipe_json = json_remove(recipe_json, '$.precision')")
    expect(db.prepare('SELECT recipe_json FROM runs').pluck().get()).not.toContain('precision')
    expect(getRun(db, id).recipe.precision).toBe('float32')
    expect(listRuns(db).map(({ recipe }) => recipe.precision)).toEqual(['float32'])
  })
})

describe('measurements', () => {
  it('keep the last figure of each engine, model, crop and micro-batch, newest first', () => {
    const { db } = temporaryStore()
    const figure = {
      engineKey: 'tensorflow cpu',
      what: 'step',
      model: 'R50x1',
      cropPx: 128,
      microBatchSize: 8,
      batchSize: 8,
      msPerImage: 100,
      peakMemoryBytes: 1e9,
      measuredAtMs: 1,
    } as const
    insertMeasurement(db, figure)
    insertMeasurement(db, { ...figure, cropPx: 480, measuredAtMs: 2 })
    insertMeasurement(db, { ...figure, msPerImage: 80, measuredAtMs: 3 })
    expect(listMeasurements(db)).toEqual([
      { ...figure, msPerImage: 80, measuredAtMs: 3 },
      { ...figure, cropPx: 480, measuredAtMs: 2 },
    ])
  })
})
