import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { predictionSetSchema, setPredictionSchema } from '../../../src/contract/entities/prediction-set'
import { packBlock, type PredictedRow } from '../../../src/domain/prediction-set/block'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { imageLayout } from '../../../src/main/store/datasets/images'
import { migrate } from '../../../src/main/store/home/migrate'
import { listSetPredictions, predictionBlocks } from '../../../src/main/store/runs/prediction-set-read'
import {
  deleteSetsAfter,
  dropUnsealed,
  getPredictionSet,
  listPredictionSets,
  listPredictionSetsSql,
  openPredictionSet,
} from '../../../src/main/store/runs/prediction-sets'
import { packTop } from '../../../src/main/store/top-list'
import { deleteRun, updateRun } from '../../../src/main/store/runs/runs'
import { runSpace } from '../../../src/main/store/home/space'
import type { Db } from '../../../src/main/store/statement'
import { addDataset, addRun, queryPlan, temporaryStore } from '../support/home'
import { oldHome } from '../support/old-home'
import { setSplit } from '../support/at-once'

function predicted(imageId: number): PredictedRow {
  const labelIndex = imageId % 2
  return {
    imageId,
    labelIndex,
    loss: imageId / 8,
    labelRank: imageId % 3 === 0 ? 2 : 1,
    labelProbability: 0.25,
    topIndices: imageId % 3 === 0 ? [1 - labelIndex, labelIndex] : [labelIndex, 1 - labelIndex],
    topProbabilities: [0.75, 0.25],
  }
}

const blockOf = (ids: readonly number[]): Uint8Array =>
  packBlock({ classCount: 2, loss: 'softmax', hasScores: false }, ids.map(predicted), null)

/** Two blocks of the images' predictions; `seal` null leaves the set open. */
function write(db: Db, runId: number, ids: readonly number[], checkpointStep = 4, seal = true) {
  const set = openPredictionSet(db, {
    runId,
    checkpointStep,
    part: 'test',
    kind: 'top',
    loss: 'softmax',
    classCount: 2,
    partCount: ids.length + 1,
    createdAtMs: 5,
  })
  const blocks = [blockOf(ids.slice(0, 3)), blockOf(ids.slice(3))]
  for (const block of blocks) set.append(block)
  if (seal) set.seal(createHash('sha256').update(Buffer.concat(blocks)).digest('hex'))
  return set
}

function store() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { ids } = imageLayout(db, datasetId, {})
  return { db, datasetId, runId: addRun(db, datasetId), ids: ids.slice(0, 8) }
}

describe('a prediction set', () => {
  it('counts from when it is sealed, with what was written to it', () => {
    const { db, runId, ids } = store()
    const set = write(db, runId, ids, 4, false)
    expect(listPredictionSets(db, runId)).toEqual([])
    expect(() => set.seal('0'.repeat(64))).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(listPredictionSets(db, runId)).toEqual([])
    write(db, runId, ids)
    const [found, ...others] = z.array(predictionSetSchema).parse(listPredictionSets(db, runId))
    expect(others).toEqual([])
    expect(found).toMatchObject({
      ...{ runId, modelId: null, checkpointStep: 4, part: 'test', kind: 'top', loss: 'softmax' },
      ...{ classCount: 2, rowCount: 8, partCount: 9, isResult: false },
    })
    const rows = [...predictionBlocks(db, found?.id ?? 0)].flatMap(({ imageIds }) => [...imageIds])
    expect(rows).toEqual(ids)
    expect(runSpace(db, runId)).toEqual({ checkpointBytes: 0, predictionBytes: found?.byteCount })
    expect(found?.byteCount).toBe(2 * 16 + 8 * (12 + 8 + 8))
  })

  it('is read page by page, across blocks', () => {
    const { db, runId, ids } = store()
    write(db, runId, ids)
    const id = listPredictionSets(db, runId)[0]?.id ?? 0
    const { total, predictions } = listSetPredictions(db, id, 2, 3)
    expect(total).toBe(8)
    expect(
      z
        .array(setPredictionSchema)
        .parse(predictions)
        .map(({ imageId }) => imageId),
    ).toEqual(ids.slice(2, 5))
    const { topIndices, topProbabilities, ...row } = predicted(ids[2] ?? 0)
    const top = topIndices.map((classIndex, place) => ({ classIndex, probability: topProbabilities[place] }))
    expect(predictions[0]).toEqual({ ...row, predictedIndex: topIndices[0], confidence: 0.75, top })
    expect(listSetPredictions(db, id, 8, 3).predictions).toEqual([])
    expect(() => listSetPredictions(db, 999, 0, 1)).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  it('is refused where its bytes have changed', () => {
    const { db, runId, ids } = store()
    write(db, runId, ids)
    const id = listPredictionSets(db, runId)[0]?.id ?? 0
    db.prepare('UPDATE prediction_blocks SET bytes = ? WHERE set_id = ? AND position = 0').run(
      blockOf([1, 2, 9]),
      id,
    )
    expect(() => [...predictionBlocks(db, id)]).toThrow(expect.objectContaining({ code: 'home-broken' }))
  })

  it('never changes, and gives way to another of the same step and part alone', () => {
    const { db, runId, ids } = store()
    write(db, runId, ids, 2)
    write(db, runId, ids, 4)
    write(db, runId, ids.slice(0, 5), 4)
    expect(
      listPredictionSets(db, runId).map(({ checkpointStep, rowCount }) => [checkpointStep, rowCount]),
    ).toEqual([
      [2, 8],
      [4, 5],
    ])
    expect(() => db.exec('UPDATE prediction_sets SET row_count = 1')).toThrow(/never changes/)
    expect(() => db.exec('UPDATE dataset_versions SET image_count = 1')).toThrow(/never changes/)
  })

  it('that was left open goes at the next start, those after a step with what came after it, all with their run', () => {
    const { db, runId, ids } = store()
    write(db, runId, ids, 2)
    write(db, runId, ids, 4)
    write(db, runId, ids, 6, false)
    const count = (table: string) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()
    expect(count('prediction_sets')).toBe(3)
    dropUnsealed(db, runId + 1)
    expect(count('prediction_sets')).toBe(3)
    dropUnsealed(db, runId)
    expect([count('prediction_sets'), count('prediction_blocks')]).toEqual([2, 4])
    deleteSetsAfter(db, runId, 2)
    expect(listPredictionSets(db, runId).map(({ checkpointStep }) => checkpointStep)).toEqual([2])
    updateRun(db, runId, { state: 'done', endedAtMs: 1 })
    deleteRun(db, runId)
    expect([count('prediction_sets'), count('prediction_blocks')]).toEqual([0, 0])
  })

  it('is found by an index', () => {
    const { db, runId } = store()
    const plan = queryPlan(db, listPredictionSetsSql, runId)
    expect(plan).toContain('prediction_sets_by_run')
    expect(plan).not.toMatch(/SCAN/)
  })
})

describe('a dataset version', () => {
  const versionOf = (db: Db, runId: number) =>
    db
      .prepare<[number], { id: number; image_count: number; sha256: Buffer; split_id: number }>(
        'SELECT dataset_versions.* FROM runs JOIN dataset_versions ON dataset_versions.id = version_id WHERE runs.id = ?',
      )
      .get(runId)

  it('is named by each run: the same for the same split, another for another', () => {
    const { db, datasetId, runId } = store()
    const version = versionOf(db, runId)
    expect(version).toMatchObject({ image_count: 40, split_id: getDataset(db, datasetId).split.id })
    expect(versionOf(db, addRun(db, datasetId, 'again'))).toEqual(version)
    setSplit(db, datasetId, { valFraction: 0.3, testFraction: 0.3, seed: 4 })
    const other = versionOf(db, addRun(db, datasetId, 'split anew'))
    expect(other?.id).not.toBe(version?.id)
    expect(other?.sha256).not.toEqual(version?.sha256)
  })

  it('has the same hash for the same images in another home', () => {
    const [one, other] = [store(), store()]
    expect(versionOf(one.db, one.runId)?.sha256).toEqual(versionOf(other.db, other.runId)?.sha256)
  })
})

describe('predictions from before there were sets', () => {
  it('become one sealed set of their run, and stay as they were for queries', () => {
    const source = store()
    const old = oldHome(source.db, 5)
    old.pragma('foreign_keys = ON')
    const ids = imageLayout(source.db, source.datasetId, {}).ids
    const insert = old.prepare(
      `INSERT INTO predictions (run_id, image_id, label_index, predicted_index, loss, label_rank, label_probability, confidence, top)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const row of ids.map(predicted)) {
      const { imageId, labelIndex, loss, labelRank, labelProbability } = row
      const [first] = row.topIndices
      insert.run(
        source.runId,
        imageId,
        labelIndex,
        first,
        loss,
        labelRank,
        labelProbability,
        0.75,
        packTop(row),
      )
    }
    old.exec("UPDATE runs SET state = 'done', ended_at_ms = 9, evaluated_on = 2, result_step = 4")
    const before = old.prepare('SELECT * FROM predictions').all()
    migrate(old)
    expect(old.pragma('foreign_key_check')).toEqual([])
    expect(old.prepare('SELECT * FROM predictions').all()).toEqual(before)
    const version = (db: Db) => db.prepare<[], Buffer>('SELECT sha256 FROM dataset_versions').pluck().get()
    expect(version(old)).toEqual(version(source.db))
    const [set] = listPredictionSets(old, source.runId)
    expect(set).toMatchObject({
      ...{
        checkpointStep: 4,
        part: 'test',
        kind: 'top',
        loss: 'softmax',
        rowCount: 40,
        createdAtMs: 9,
        isResult: true,
      },
    })
    expect(set).toEqual(getPredictionSet(old, set?.id ?? 0))
    const rows = [...predictionBlocks(old, set?.id ?? 0)].flatMap((block) => [...block.imageIds])
    expect(rows).toEqual([...ids].sort((one, other) => one - other))
    const { predictions } = listSetPredictions(old, set?.id ?? 0, 0, 1)
    expect(predictions[0]).toMatchObject({
      loss: (rows[0] ?? 0) / 8,
      labelProbability: 0.25,
      confidence: 0.75,
    })
  })
})
