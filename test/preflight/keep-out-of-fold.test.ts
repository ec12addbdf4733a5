import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/domain/in-turns'
import { createColumns } from '../../src/main/columns/columns'
import { keepOutOfFold } from '../../src/main/preflight/keep-out-of-fold'
import { openableSets } from '../../src/main/store/runs/other-sets'
import { readingStored } from '../../src/main/store/datasets/stored-images'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'

describe('predictions out of fold', () => {
  it('are kept for the training part, beside those of each run of the dataset', async () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
    const runId = addRun(db, datasetId)
    const images = atOnce(readingStored(db, datasetId))
    // The first of the training part is taken for an oak, all others for what they are.
    const first = images.find(({ part }) => part === 'train')
    const probabilities = Float32Array.from(
      images.flatMap((image) => (image.classIndex === 0 && image !== first ? [0.9, 0.1] : [0.2, 0.8])),
    )
    const keep = (): Promise<void> =>
      keepOutOfFold({ db, clock: () => 5 }, datasetId, images, probabilities, 2, () => Promise.resolve())
    await keep()
    await keep()
    const sets = openableSets(db, runId)
    const trainCount = images.filter(({ part }) => part === 'train').length
    expect(sets).toEqual([
      expect.objectContaining({
        ...{ part: 'train', kind: 'scores', rowCount: trainCount, datasetId },
        other: expect.objectContaining({ kind: 'out-of-fold' }),
      }),
    ])
    const columns = createColumns(db)
    const setId = sets[0]?.id ?? 0
    expect(await columns.countPredictions(runId, '', setId)).toBe(1)
    expect(await columns.countPredictions(runId, 'is:any split:train', setId)).toBe(trainCount)
    const { predictions, rows } = await columns.predictions(runId, '', setId)
    expect(predictions.imageIds[rows[0] ?? 0]).toBe(first?.id)
    expect(predictions.numbers.get('loss')?.[rows[0] ?? 0]).toBeCloseTo(-Math.log(0.2), 5)
  })
})
