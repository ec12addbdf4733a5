/** A run that came as a bundle, in one commit. */
import { createHash } from 'node:crypto'
import type { Evaluation, LogLine, Run, StepMetric } from '../../../contract/entities/run'
import type { PredictionSet } from '../../../contract/entities/prediction-set'
import { readBlock, type PredictedRow } from '../../../domain/prediction-set/block'
import { markBundled, splitImageIds } from './bundled-runs'
import { insertEvaluation, insertLog, insertStep } from './metrics'
import { nameResultSet, openPredictionSet } from './prediction-sets'
import { insertPredictions, publishPredictions } from './predictions'
import { markRuns } from './run-marks'
import { insertRun, updateRun, type NewRun } from './runs'
import { inTransaction, type Db } from '../statement'

export interface BundledRun {
  readonly datasetId: number
  readonly splitId: number
  readonly key: string
  readonly nowMs: number
  readonly run: Omit<NewRun, 'datasetId' | 'splitId'> &
    Pick<
      Run,
      | 'state'
      | 'endedAtMs'
      | 'stepsDone'
      | 'imagesPerSecond'
      | 'waitFraction'
      | 'trainingMs'
      | 'peakMemoryBytes'
      | 'engine'
      | 'accuracy'
      | 'evaluatedOn'
      | 'wrongCount'
      | 'resultStep'
      | 'changedCount'
      | 'error'
    >
  readonly marks: { readonly tags: readonly string[]; readonly note: string }
  readonly steps: readonly StepMetric[]
  readonly evaluations: readonly Evaluation[]
  readonly log: readonly LogLine[]
  /** `imageId`: the place of the image among those of the split, by their ids; also in the blocks. */
  readonly predictions: readonly PredictedRow[]
  readonly sets: readonly Pick<
    PredictionSet,
    'checkpointStep' | 'part' | 'createdAtMs' | 'kind' | 'loss' | 'classCount' | 'partCount'
  >[]
  /** Of each set. */
  readonly setBlocks: readonly (readonly Uint8Array[])[]
}

/** Returns its id. */
export function insertBundledRun(db: Db, bundled: BundledRun): number {
  const {
    run,
    marks,
    datasetId,
    splitId,
    key,
    nowMs,
    steps,
    evaluations,
    log,
    predictions,
    sets,
    setBlocks,
  } = bundled
  const ids = splitImageIds(db, splitId)
  return inTransaction(db, () => {
    const runId = insertRun(db, { ...run, datasetId, splitId })
    markBundled(db, runId, key, nowMs)
    markRuns(db, [runId], { addTags: [...marks.tags], note: marks.note }, nowMs)
    for (const step of steps) insertStep(db, runId, step, null)
    for (const evaluation of evaluations) insertEvaluation(db, runId, evaluation)
    for (const line of log) insertLog(db, runId, line)
    insertPredictions(
      db,
      runId,
      predictions.map((row) => ({ ...row, imageId: ids[row.imageId] ?? 0 })),
    )
    publishPredictions(db, runId)
    for (const [index, set] of sets.entries()) {
      const open = openPredictionSet(db, { ...set, runId })
      const hash = createHash('sha256')
      for (const bytes of setBlocks[index] ?? []) {
        const placed = Uint8Array.from(bytes)
        const { imageIds } = readBlock(placed)
        imageIds.forEach((place, row) => {
          imageIds[row] = ids[place] ?? 0
        })
        hash.update(placed)
        open.append(placed)
      }
      open.seal(hash.digest('hex'))
    }
    updateRun(db, runId, {
      // Without momenta it does not go on from its pause.
      state: run.state === 'paused' ? 'stopped' : run.state,
      endedAtMs: run.endedAtMs ?? run.createdAtMs,
      stepsDone: run.stepsDone,
      changedCount: run.changedCount,
      wrongCount: run.wrongCount,
      resultStep: run.resultStep,
      accuracy: run.accuracy,
      error: run.error,
      ...(run.engine !== null && { engine: run.engine }),
      ...(run.imagesPerSecond !== null && { imagesPerSecond: run.imagesPerSecond }),
      ...(run.waitFraction !== null && { waitFraction: run.waitFraction }),
      ...(run.trainingMs !== null && { trainingMs: run.trainingMs }),
      ...(run.peakMemoryBytes !== null && { peakMemoryBytes: run.peakMemoryBytes }),
      ...(run.evaluatedOn !== null && { evaluatedOn: run.evaluatedOn }),
    })
    if (run.evaluatedOn !== null && run.resultStep !== null)
      nameResultSet(db, runId, run.evaluatedOn, run.resultStep)
    return runId
  })
}
