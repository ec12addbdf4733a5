import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { imageHistorySchema } from '../../src/contract/entities/history'
import { packBlock } from '../../src/domain/prediction-set/block'
import { createColumns } from '../../src/main/columns/columns'
import { accuracyOf } from '../../src/domain/rules/interval'
import { imageHistory } from '../../src/main/runs/history'
import { imageLayout } from '../../src/main/store/datasets/images'
import { openOtherSet } from '../../src/main/store/runs/other-sets'
import { placeOfImage } from '../../src/main/store/runs/prediction-set-read'
import { listPredictionSets, nameResultSet } from '../../src/main/store/runs/prediction-sets'
import { updateRun } from '../../src/main/store/runs/runs'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'
import { addPredictionSet, rowOfLogits } from '../store/support/prediction-set'

/** Three runs over ten images of two classes, evaluated after steps 2 and 4: of `wrong`, by run, the images that are wrong in the end. */
function filled(wrong: readonly (readonly number[])[]) {
  const { db } = temporaryStore()
  const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 5))
  const { ids } = imageLayout(db, datasetId, {})
  const runs = wrong.map((places) => {
    const runId = addRun(db, datasetId)
    for (const step of [2, 4]) {
      const logits = ids.map((_, at) => {
        const isRight = step === 4 && !places.includes(at)
        return at < 5 === isRight ? [step, 0] : [0, step]
      })
      const rows = ids.map((id, at) => rowOfLogits(id, at < 5 ? 0 : 1, logits[at] ?? []))
      addPredictionSet(db, runId, rows, { step, part: 'test', classCount: 2, logits })
    }
    nameResultSet(db, runId, 'test', 4)
    updateRun(db, runId, {
      ...{ state: 'done', endedAtMs: 1, resultStep: 4, evaluatedOn: 'test', wrongCount: places.length },
      accuracy: accuracyOf(10 - places.length, 10),
    })
    return runId
  })
  return { db, datasetId, ids, runs, columns: createColumns(db) }
}

describe('the history of an image', () => {
  it('has what was said of it after each evaluated step, and how often the runs are wrong', async () => {
    const { db, columns, ids, runs } = filled([[0, 1], [0], [0, 7]])
    const found = await imageHistory(db, columns, { runId: runs[0] ?? 0, imageId: ids[1] ?? 0 })
    expect(imageHistorySchema.parse(found).runs).toEqual({ evaluated: 3, wrong: 1 })
    expect(found.checkpoints.map((one) => [one.stepIndex, one.predicted, one.label])).toEqual([
      [2, 'oak', 'elm'],
      [4, 'oak', 'elm'],
    ])
    const [before, after] = found.checkpoints
    expect(after?.labelProbability).toBeLessThan(before?.labelProbability ?? 0)
    expect(found.missingSteps).toEqual([])
  })

  it('says which checkpoints were not evaluated on it, and has what was evaluated later', async () => {
    const { db, columns, ids, runs } = filled([[0]])
    const [runId = 0] = runs
    const imageId = ids[1] ?? 0
    // After step 1 the run was evaluated on another part; what its checkpoint said of all images came later.
    const rows = ids.slice(5).map((id) => rowOfLogits(id, 1, [0, 1]))
    addPredictionSet(db, runId, rows, { step: 1, part: 'val', classCount: 2 })
    addPredictionSet(db, runId, rows, { step: 3, part: 'val', classCount: 2 })
    const { part, missingSteps } = await imageHistory(db, columns, { runId, imageId })
    expect([part, missingSteps]).toEqual(['test', [1, 3]])

    const { versionId } = listPredictionSets(db, runId)[0] ?? { versionId: 0 }
    const set = openOtherSet(db, {
      ...{ kind: 'elsewhere', runId, versionId, checkpointStep: 1, part: null, setKind: 'top' },
      ...{ loss: 'softmax', classCount: 2, partCount: 1, mapping: [], unmappedCount: 0, createdAtMs: 1 },
    })
    const block = packBlock(
      { classCount: 2, loss: 'softmax', hasScores: false },
      [rowOfLogits(imageId, 0, [1, 0])],
      null,
    )
    set.append(block)
    set.seal(createHash('sha256').update(block).digest('hex'), 0)
    const found = await imageHistory(db, columns, { runId, imageId })
    expect(found.missingSteps).toEqual([3])
    expect(found.checkpoints.map((one) => [one.stepIndex, one.predicted])).toEqual([
      [1, 'elm'],
      [2, 'oak'],
      [4, 'elm'],
    ])
  })
})

it('an image is found in a set wherever it is, or is not', () => {
  const { db, ids, runs } = filled([[0]])
  const [set] = listPredictionSets(db, runs[0] ?? 0)
  const place = (imageId: number, likely: number | null) => placeOfImage(db, set?.id ?? 0, imageId, likely)
  for (const likely of [null, 3, 7, 99]) expect(place(ids[3] ?? 0, likely)).toBe(3)
  expect(place(123_456, 3)).toBeNull()
})

describe('queries about all runs', () => {
  it('find images that are never, sometimes and always wrong', async () => {
    const { columns, datasetId, ids, runs } = filled([[0, 1], [0], [0, 7]])
    const found = async (text: string): Promise<number[]> => {
      const { images, rows } = await columns.images(datasetId, text)
      return [...rows].map((row) => ids.indexOf(images.ids[row] ?? 0))
    }
    expect(await found('often:always')).toEqual([0])
    expect(await found('often:sometimes')).toEqual([1, 7])
    expect(await found('often:never')).toHaveLength(7)
    expect(await found('misses>=1 sort:-misses')).toEqual([0, 1, 7])
    expect(await columns.countPredictions(runs[1] ?? 0, 'often:always')).toBe(1)
  })

  it('follow the runs that there are', async () => {
    const { db, columns, datasetId, runs } = filled([[0, 1], [0]])
    const count = async (): Promise<number> => (await columns.images(datasetId, 'often:always')).rows.length
    expect(await count()).toBe(1)
    db.prepare('UPDATE runs SET wrong_count = NULL, result_step = NULL WHERE id = ?').run(runs[1])
    expect(await count()).toBe(2)
  })
})
