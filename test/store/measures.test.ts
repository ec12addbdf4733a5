import { describe, expect, it } from 'vitest'
import { listVersions } from '../../src/main/store/datasets/dataset-versions'
import { imageLayout } from '../../src/main/store/datasets/images'
import { insertEvaluation, listEvaluations } from '../../src/main/store/runs/metrics'
import { migrate } from '../../src/main/store/home/migrate'
import { getRun, updateRun } from '../../src/main/store/runs/runs'
import { addDataset, addRun, syntheticScan, temporaryStore } from './support/home'
import { oldHome } from './support/old-home'

const accuracy = { correct: 3, total: 4, value: 0.75, low: 0.3006418423, high: 0.9544127391 }

describe('what stands beside a run’s accuracy', () => {
  it('is that of the evaluation of its result', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    const measures = {
      partCount: 5,
      topFive: null,
      balanced: { value: 0.5, classCount: 2, leastCount: 1, mostCount: 3 },
    }
    const evaluation = { stepIndex: 2, part: 'test', loss: 1, accuracy, measures, atMs: 1 } as const
    insertEvaluation(db, id, evaluation)
    insertEvaluation(db, id, { ...evaluation, stepIndex: 4, measures: { ...measures, partCount: 4 } })
    expect(getRun(db, id)).toMatchObject({ accuracy: null, measures: null })
    updateRun(db, id, { accuracy, evaluatedOn: 'test', resultStep: 2 })
    expect(getRun(db, id).measures).toEqual(measures)
  })

  it('is nothing where an older version counted an evaluation of no images, which is no evaluation', () => {
    const { db } = temporaryStore()
    const id = addRun(db, addDataset(db))
    db.exec(`INSERT INTO evaluations (run_id, step_index, part, loss, correct_count, evaluated_count, accuracy,
        accuracy_low, accuracy_high, at_ms) VALUES (${String(id)}, 4, 2, 0, 0, 0, 0, 0, 1, 1);
      UPDATE runs SET correct_count = 0, evaluated_count = 0, accuracy = 0, accuracy_low = 0, accuracy_high = 1,
        evaluated_on = 2, result_step = 4`)
    expect(listEvaluations(db, id)).toEqual([])
    expect(getRun(db, id)).toMatchObject({ accuracy: null, measures: null })
  })
})

describe('a home from before versions could be listed', () => {
  it('has its splits as versions, and the figures of results whose predictions are there', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const source = temporaryStore().db
    const datasetId = addDataset(source, 'letters', syntheticScan(names, 2))
    const runId = addRun(source, datasetId)
    const old = oldHome(source, 7)
    // three images of class 0, right, right and sixth; one of class 1, second
    const { ids } = imageLayout(source, datasetId, {})
    const ranks = [
      [0, 1],
      [0, 1],
      [0, 6],
      [1, 2],
    ]
    ranks.forEach(([label, rank], index) =>
      old
        .prepare(
          `INSERT INTO predictions (run_id, image_id, label_index, predicted_index, loss, label_rank, label_probability,
             confidence, top) VALUES (?, ?, ?, 0, 1, ?, 0.5, 0.5, zeroblob(8))`,
        )
        .run(runId, ids[index], label, rank),
    )
    old.exec(`UPDATE runs SET class_count = 6, evaluated_on = 2, result_step = 4, version_id = NULL, result_set_id = NULL,
        correct_count = 2, evaluated_count = 4, accuracy = 0.5, accuracy_low = 0.1, accuracy_high = 0.9;
      INSERT INTO evaluations VALUES (${String(runId)}, 4, 2, 1, 2, 4, 0.5, 0.1, 0.9, 1), (${String(runId)}, 2, 1, 1, 2, 4, 0.5, 0.1, 0.9, 1)`)
    migrate(old)
    const [early, result] = listEvaluations(old, runId)
    const held = old.prepare('SELECT count(*) FROM split_images WHERE part = 2').pluck().get()
    expect(early?.measures).toMatchObject({ topFive: null, balanced: null })
    expect(result?.measures).toMatchObject({
      partCount: held,
      topFive: { correct: 3, total: 4, value: 0.75 },
      balanced: { classCount: 2, leastCount: 1, mostCount: 3 },
    })
    expect(result?.measures.balanced?.value).toBeCloseTo((2 / 3 + 0) / 2, 12)
    expect(getRun(old, runId).measures).toEqual(result?.measures)
    expect(listVersions(old, datasetId)).toMatchObject([{ number: 1, madeBy: 'import', imageCount: 12 }])
  })
})
