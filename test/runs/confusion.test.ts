import { describe, expect, it } from 'vitest'
import { unpackFloat32, unpackUint32 } from '../../src/contract/packed'
import { confusionOfPairs, unpackConfusion } from '../../src/contract/entities/confusion'
import { createColumns } from '../../src/main/columns/columns'
import { confusionOf, packConfusion } from '../../src/main/runs/confusion'
import { predictionsHandlers } from '../../src/main/runs/predictions'
import type { ServiceContext } from '../../src/main/app/context'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'
import { addPredictionSet, rowOfLogits } from '../store/support/prediction-set'

/** Forty images of two classes; every fifth is taken for the other. */
function filled() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
  const runId = addRun(db, datasetId)
  const logits = imageLayout(db, datasetId, {}).ids.map((_, index) =>
    index < 20 === (index % 5 === 0) ? [0, 1 + index / 40] : [1 + index / 40, 0],
  )
  const rows = imageLayout(db, datasetId, {}).ids.map((id, index) =>
    rowOfLogits(id, index < 20 ? 0 : 1, logits[index] ?? []),
  )
  const setId = addPredictionSet(db, runId, rows, { step: 3, part: 'test', classCount: 2, logits })
  return { db, runId, setId, columns: createColumns(db) }
}

describe('the predictions of a set', () => {
  it('make a sparse confusion matrix', async () => {
    const { runId, setId, columns } = filled()
    const confusion = confusionOf(await columns.allPredictions(runId, setId))
    expect(confusion).toEqual(
      confusionOfPairs(
        ['elm', 'oak'],
        [
          { labelIndex: 0, predictedIndex: 0, count: 16 },
          { labelIndex: 0, predictedIndex: 1, count: 4 },
          { labelIndex: 1, predictedIndex: 0, count: 4 },
          { labelIndex: 1, predictedIndex: 1, count: 16 },
        ],
      ),
    )
    expect(unpackConfusion(packConfusion(confusion))).toEqual(confusion)
    expect(confusionOf(await columns.allPredictions(runId)).counts).toHaveLength(0)
    await expect(columns.allPredictions(999)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('make a confusion that is the same after it was sent, with few and with many images of a pair', () => {
    const classNames = ['elm', 'oak', 'yew']
    for (const count of [1, 255, 256, 65_536, 4_000_000_000]) {
      const confusion = confusionOfPairs(classNames, [
        { labelIndex: 0, predictedIndex: 2, count: 1 },
        { labelIndex: 2, predictedIndex: 1, count },
        { labelIndex: 2, predictedIndex: 2, count: 7 },
      ])
      expect(unpackConfusion(packConfusion(confusion))).toEqual(confusion)
    }
  })

  it('are told all at once, with what each image is taken for', async () => {
    const { db, runId, setId, columns } = filled()
    const found = await predictionsHandlers({ db } as ServiceContext, columns)['predictions.classes']({
      ...{ runId, setId },
    })
    const [ids, predicted, right] = [found.ids, found.predicted, found.right].map(unpackUint32)
    expect(found.classNames).toEqual(['elm', 'oak'])
    expect(ids).toHaveLength(40)
    expect(predicted?.subarray(0, 6)).toEqual(Uint32Array.of(1, 0, 0, 0, 0, 1))
    expect(right?.subarray(0, 6)).toEqual(Uint32Array.of(0, 1, 1, 1, 1, 0))
    expect(right?.reduce((sum, one) => sum + one, 0)).toBe(32)
    const { predictions } = await columns.allPredictions(runId, setId)
    expect(unpackFloat32(found.losses)).toEqual(predictions.numbers.get('loss'))
  })

  it('are read in the order of the query, and counted for several at once', async () => {
    const { db, runId, setId, columns } = filled()
    const handlers = predictionsHandlers({ db } as ServiceContext, columns)
    const query = 'label:elm sort:-confidence'
    const { total, predictions } = await handlers['predictions.query']({
      ...{ runId, setId, query, offset: 1, limit: 2 },
    })
    expect(total).toBe(4)
    expect(predictions.map(({ path }) => path)).toEqual(['elm/000010.jpg', 'elm/000005.jpg'])
    expect(predictions[0]?.top.map(({ classIndex }) => classIndex)).toEqual([1, 0])
    const queries = ['', 'label:elm', 'label:nothing', 'is:any worst<=7']
    expect(await handlers['predictions.counts']({ runId, setId, queries })).toEqual([8, 4, null, 7])
  })
})
