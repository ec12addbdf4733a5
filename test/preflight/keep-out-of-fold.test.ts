import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/domain/in-turns'
import { createColumns } from '../../src/main/columns/columns'
import { checkLabels } from '../../src/main/preflight/check-labels'
import { keepOutOfFold } from '../../src/main/preflight/keep-out-of-fold'
import { currentSplit } from '../../src/main/store/column-pages'
import { openableSets } from '../../src/main/store/runs/other-sets'
import { readingStored } from '../../src/main/store/datasets/stored-images'
import { setSplit } from '../store/support/at-once'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'

describe('predictions out of fold', () => {
  it('are kept for the training part, beside those of each run of the dataset', async () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
    const runId = addRun(db, datasetId)
    const images = atOnce(readingStored(db, datasetId))
    const { splitId } = currentSplit(db, datasetId)
    // The first of the training part is taken for an oak, all others for what they are.
    const first = images.find(({ part }) => part === 'train')
    const probabilities = Float32Array.from(
      images.flatMap((image) => (image.classIndex === 0 && image !== first ? [0.9, 0.1] : [0.2, 0.8])),
    )
    const keep = (): Promise<void> =>
      keepOutOfFold({ db, clock: () => 5 }, splitId, images, probabilities, 2, () => Promise.resolve())
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

  it('are filed under the version that they are of, also where the dataset gets another meanwhile', async () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
    const { splitId } = currentSplit(db, datasetId)
    const task = { signal: new AbortController().signal, progress: () => undefined }
    await checkLabels({ db, clock: () => 5 }, datasetId, task, {
      isTraining: () => false,
      featureStore: { get: (_, contentHash) => Float32Array.of(1, parseInt(contentHash.slice(0, 4), 16)) },
      computeFeatures: () => {
        setSplit(db, datasetId, { valFraction: 0.2, testFraction: 0.3, seed: 9 })
        return Promise.resolve({ id: 'm', name: 'm', cropPx: 8, width: 2, key: 'm' })
      },
    })
    expect(currentSplit(db, datasetId).splitId).not.toBe(splitId)
    const versions = db
      .prepare(
        'SELECT split_id FROM prediction_sets JOIN dataset_versions ON dataset_versions.id = version_id',
      )
      .pluck()
      .all()
    expect(versions).toEqual([splitId])
  })
})
