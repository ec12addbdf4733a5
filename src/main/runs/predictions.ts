import { withoutField } from '../../domain/query/edit'
import { foundStamp } from '../columns/chosen-images'
import { countCodes, histogram, packed } from '../columns/counts'
import type { Columns } from '../columns/columns'
import { confusion, listPredictions, newestEvaluated, predictionsOf } from '../store/predictions'
import { classNamesOf } from '../store/splits'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'

const binCount = 16

export function predictionsHandlers({ db }: ServiceContext, columns: Columns): DomainHandlers<'predictions'> {
  return {
    'predictions.list': async (input) => listPredictions(db, input),
    'predictions.query': async ({ runId, query, offset, limit }) => {
      const { predictions, rows } = await columns.predictions(runId, query)
      const shown = rows.subarray(offset, offset + limit)
      const ids = Array.from(shown, (row) => predictions.imageIds[row] ?? 0)
      return { total: rows.length, predictions: predictionsOf(db, runId, ids) }
    },
    'predictions.find': async ({ runId, query }) => {
      const { predictions, images, imageRows, rows, classNames } = await columns.predictions(runId, query)
      const { numbers } = predictions
      const without = async (field: string) =>
        (await columns.predictions(runId, withoutField(query, 'predictions', field))).rows
      const ofAnyRank = await without('rank')
      const ranks = countCodes(ofAnyRank, numbers.get('rank'), 6)
      const top5 = ranks.reduce((sum, count) => sum + count, 0)
      return {
        stamp: foundStamp(rows.map((row) => predictions.imageIds[row] ?? 0)),
        ids: packed(rows, predictions.imageIds),
        aspects: packed(rows, images.aspects, imageRows),
        rankCounts: { all: ofAnyRank.length, top5, beyond5: ofAnyRank.length - top5 },
        confidence: histogram(await without('confidence'), numbers.get('confidence'), binCount),
        labelCounts: countCodes(await without('label'), numbers.get('label'), classNames.length),
        predictedCounts: countCodes(await without('predicted'), numbers.get('predicted'), classNames.length),
      }
    },
    'predictions.ofImages': async ({ datasetId, imageIds }) => {
      const run = newestEvaluated(db, datasetId)
      if (run === null) return { run: null, predictions: [] }
      const classNames = classNamesOf(db, run.splitId)
      const predictions = predictionsOf(db, run.id, imageIds).map(
        ({ imageId, labelIndex, predictedIndex, top }) => ({
          imageId,
          className: classNames[predictedIndex] ?? '',
          confidence: top[0]?.probability ?? 0,
          isRight: labelIndex === predictedIndex,
        }),
      )
      return { run: { id: run.id, name: run.name }, predictions }
    },
    'predictions.confusion': async ({ runId }) => confusion(db, runId),
  }
}
