import type { PackedConfusion } from '../../contract/entities/confusion'
import type { Prediction } from '../../contract/entities/run'
import { withoutField } from '../../domain/query/edit'
import { foundStamp } from '../columns/chosen-images'
import { ascendingRows, countCodes, histogram, packed, packedColumn } from '../columns/counts'
import type { AllPredictions, Columns } from '../columns/columns'
import { openableSets } from '../store/runs/other-sets'
import { getRun } from '../store/runs/runs'
import { predictionsAt } from '../store/runs/prediction-set-read'
import { listPredictions, newestEvaluated, predictionsOf } from '../store/runs/predictions'
import { classNamesOf } from '../store/datasets/splits'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { createCalibrations } from './calibration'
import { confusionOf, packConfusion } from './confusion'
import { queryFault } from './query-fault'
import { imageHistory } from './history'
import { predictedClasses } from './predicted-classes'

const binCount = 16

export function predictionsHandlers({ db }: ServiceContext, columns: Columns): DomainHandlers<'predictions'> {
  const calibration = createCalibrations(db, columns)
  /** As long as the columns are kept that they were counted from; names can change. */
  const confusions = new WeakMap<AllPredictions['predictions'], PackedConfusion>()

  /** Of some rows of the columns, in the order given. */
  function read(
    runId: number,
    setId: number | undefined,
    { predictions }: Pick<AllPredictions, 'predictions'>,
    rows: Uint32Array,
  ): Prediction[] {
    const pick = (values: Uint32Array): number[] => Array.from(rows, (row) => values[row] ?? 0)
    return setId === undefined
      ? predictionsOf(db, runId, pick(predictions.imageIds))
      : predictionsAt(db, setId, pick(predictions.places))
  }

  return {
    'predictions.list': async (input) => listPredictions(db, input),
    'predictions.query': async ({ runId, setId, query, offset, limit }) => {
      const found = await columns.predictions(runId, query, setId)
      const shown = found.rows.subarray(offset, offset + limit)
      return { total: found.rows.length, predictions: read(runId, setId, found, shown) }
    },
    'predictions.find': async ({ runId, setId, query }) => {
      const { predictions, images, imageRows, rows, classNames } = await columns.predictions(
        runId,
        query,
        setId,
      )
      const { numbers, rowCount } = predictions
      let counted = { rows, ascending: ascendingRows(rows, rowCount) }
      const without = async (field: string) => {
        const found = await columns.predictions(runId, withoutField(query, 'predictions', field), setId)
        if (found.rows !== counted.rows)
          counted = { rows: found.rows, ascending: ascendingRows(found.rows, rowCount) }
        return counted.ascending
      }
      const ids = rows.map((row) => predictions.imageIds[row] ?? 0)
      return {
        stamp: foundStamp(ids),
        ids: packedColumn(ids),
        aspects: packed(rows, images.aspects, imageRows),
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
    'predictions.counts': async ({ runId, setId, queries }) => {
      const counts: (number | null)[] = []
      for (const query of queries) {
        try {
          counts.push(await columns.countPredictions(runId, query, setId))
        } catch (thrown) {
          queryFault(thrown)
          counts.push(null)
        }
      }
      return counts
    },
    'predictions.sets': async ({ runId }) => openableSets(db, getRun(db, runId).id),
    'predictions.history': async (asked) => imageHistory(db, columns, asked),
    'predictions.calibration': async ({ runId, setId }) => calibration(runId, setId),
    'predictions.classes': async ({ runId, setId }) =>
      predictedClasses(await columns.allPredictions(runId, setId)),
    'predictions.confusion': async ({ runId, setId }) => {
      const all = await columns.allPredictions(runId, setId)
      const kept = confusions.get(all.predictions) ?? packConfusion(confusionOf(all))
      confusions.set(all.predictions, kept)
      return { ...kept, classNames: [...all.classNames] }
    },
  }
}
