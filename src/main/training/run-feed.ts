/** Saves what a trainer of a run sends and tells the clients. Each message is one commit. */
import { trainedShare } from '../../domain/estimate/cost'
import { parseModel } from '../../domain/model/spec'
import type { StepMetric } from '../../contract/entities/run'
import { assertNever } from '../../contract/errors'
import type { CheckpointThreadEnded } from '../store/checkpoints/checkpoint-bytes'
import { dropAfter } from '../store/checkpoints/checkpoint-retention'
import { insertMeasurement } from '../store/measurements'
import {
  deleteEvaluationsAfter,
  insertEvaluation,
  insertLog,
  insertStep,
  listEvaluations,
} from '../store/runs/metrics'
import {
  deleteSetsAfter,
  nameResultSet,
  openPredictionSet,
  type OpenPredictionSet,
} from '../store/runs/prediction-sets'
import { insertPredictions, publishPredictions } from '../store/runs/predictions'
import { getRun, updateRun } from '../store/runs/runs'
import { inTransaction } from '../store/statement'
import { packRest } from '../store/runs/step-blocks'
import { insertUnreadable } from '../store/datasets/unreadable-images'
import type { FromTrainerBody } from '../protocol/messages'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { engineKey } from '../costs/engine-key'
import type { RunEnd, RunEnds } from './run-ends'
import { saveCheckpoint, type SavingCheckpoint } from './save-checkpoint'
import { createRunSpeed } from './run-speed'
import { createThrottle } from '../tasks/throttle'

export interface RunFeed {
  /** Commits before it returns, or before what it returns resolves. The end of the run it may only keep: see run-ends.ts. */
  take(body: FromTrainerBody): void | Promise<void>
  /** Sends what waits; no events come after it. A checkpoint that has not ended is given up. */
  close(): void
  /** Whether its state was saved and nothing was evaluated. */
  hasPaused(): boolean
}

/** Small models make hundreds of steps a second; a client draws ten times. */
const eventIntervalMs = 100
/** Of checkpoints, with the thread that writes them. */
const mostLostInARow = 2

export function createRunFeed(
  context: Pick<ServiceContext, 'db' | 'checkpoints' | 'clock' | 'emit'>,
  engine: Pick<EngineService, 'learn'>,
  runId: number,
  ends: Pick<RunEnds, 'end'>,
  /** A pause is not its end: another trainer goes on at once. */
  goesOnAfterPause: () => boolean = () => false,
): RunFeed {
  const { db, clock, emit } = context
  let steps: StepMetric[] = []
  const speed = createRunSpeed(getRun(db, runId).recipe)
  let saving: SavingCheckpoint | null = null
  let openSet: OpenPredictionSet | null = null
  let hasPaused = false
  let lostInARow = 0

  const emitRun = (): void => emit({ type: 'run', run: getRun(db, runId) })
  const stepEvents = createThrottle(eventIntervalMs, clock, () => {
    emit({ type: 'run-steps', runId, steps })
    steps = []
    emitRun()
  })

  function take(body: FromTrainerBody): void | Promise<void> {
    speed.see(body, clock())
    switch (body.type) {
      case 'engine':
        engine.learn(body.engine)
        updateRun(db, runId, { engine: body.engine })
        return emitRun()
      case 'phase':
        updateRun(db, runId, { state: body.phase })
        stepEvents.flush()
        return emitRun()
      case 'step':
        insertStep(db, runId, body.metric, body.peakMemoryBytes)
        steps.push(body.metric)
        return stepEvents.call()
      case 'empty-step':
        updateRun(db, runId, { stepsDone: body.stepIndex + 1 })
        stepEvents.flush()
        return emitRun()
      case 'unreadable':
        insertUnreadable(db, runId, body.images)
        stepEvents.flush()
        return emitRun()
      case 'evaluation':
        insertEvaluation(db, runId, body.evaluation)
        stepEvents.flush()
        return emit({ type: 'run-evaluation', runId, evaluation: body.evaluation })
      case 'log':
        insertLog(db, runId, body.line)
        return emit({ type: 'run-log', runId, line: body.line })
      case 'checkpoint-begin':
        saving?.giveUp()
        saving = saveCheckpoint(context, runId, body)
        return
      case 'checkpoint-chunk':
        if (saving === null) throw new Error('A chunk came before its checkpoint')
        return saving.append(body.bytes)
      case 'checkpoint-end': {
        if (saving === null) throw new Error('A checkpoint ended before it began')
        const ended = saving
        saving = null
        return ended.end(body.sha256).then((lost) => {
          if (lost === null) lostInARow = 0
          else {
            // one that is lost costs the steps since the one before, where the run is left now; without any, all of them
            if (++lostInARow > mostLostInARow) throw lost
            tellLost(lost)
          }
          emitRun()
        })
      }
      case 'predictions':
        return insertPredictions(db, runId, body.rows)
      case 'set-begin':
        openSet = beginSet(body)
        return
      case 'set-block':
        if (openSet === null) throw new Error('A block of predictions came before its set')
        return openSet.append(body.bytes)
      case 'set-end':
        if (openSet === null) throw new Error('A set of predictions ended before it began')
        openSet.seal(body.sha256)
        openSet = null
        return
      case 'finished': {
        const endedAtMs = clock()
        return end(
          { state: 'interrupted', error: null },
          () => finish(body, endedAtMs),
          () => {
            emitRun()
            if (body.resultStep !== undefined) emit({ type: 'checkpoints-changed', runId })
          },
        )
      }
      case 'paused': {
        hasPaused = true
        if (goesOnAfterPause()) return
        const endedAtMs = clock()
        return end({ state: 'paused', error: null }, () =>
          updateRun(db, runId, { state: 'paused', endedAtMs }),
        )
      }
      case 'interrupted':
      case 'failed': {
        const ended = { state: body.type, error: body.error, endedAtMs: clock() }
        return end(ended, () => {
          // found by the next step's loss or by an evaluation: the last step has spoiled the weights, and what was saved after it
          if (body.error.code === 'loss-not-finite') dropAfter(db, runId, getRun(db, runId).stepsDone - 1)
          updateRun(db, runId, ended)
        })
      }
      case 'resume-wanted':
      case 'measured':
      case 'probed':
      case 'predictor-ready':
      case 'predicted':
      case 'images-done':
      case 'progress':
      case 'exported':
        throw new Error(`A training sent '${body.type}'`)
      default:
        return assertNever(body)
    }
  }

  function tellLost({ message }: CheckpointThreadEnded): void {
    const text = `${message} This checkpoint was not saved; the one before it stays, and the run goes on.`
    const line = { atMs: clock(), kind: 'warn', text } as const
    insertLog(db, runId, line)
    emit({ type: 'run-log', runId, line })
  }

  function end(shown: Pick<RunEnd, 'state' | 'error'>, write: () => void, tell: () => void = emitRun): void {
    stepEvents.flush()
    ends.end(runId, { ...shown, save: () => inTransaction(db, write), tell })
  }

  function beginSet(body: Extract<FromTrainerBody, { type: 'set-begin' }>): OpenPredictionSet {
    const { stepIndex, part, shape, partCount } = body
    return openPredictionSet(db, {
      runId,
      checkpointStep: stepIndex,
      part,
      kind: shape.hasScores ? 'scores' : 'top',
      loss: shape.loss,
      classCount: shape.classCount,
      partCount,
      createdAtMs: clock(),
    })
  }

  function finish(body: Extract<FromTrainerBody, { type: 'finished' }>, endedAtMs: number): void {
    // A run that went on keeps what it had found before up to here; it may have been stopped before it came there again.
    const { stepsDone } = getRun(db, runId)
    deleteEvaluationsAfter(db, runId, stepsDone)
    deleteSetsAfter(db, runId, stepsDone)
    publishPredictions(db, runId)
    const { resultStep: keptStep } = body
    const last = listEvaluations(db, runId)
      .filter(({ part, stepIndex }) => part === body.evaluatedOn && stepIndex === (keptStep ?? stepIndex))
      .at(-1)
    // an earlier checkpoint was kept: what is after it goes, unless it is pinned or in use by now
    if (keptStep !== undefined) dropAfter(db, runId, keptStep)
    if (last !== undefined) nameResultSet(db, runId, last.part, last.stepIndex)
    const accuracy = last?.accuracy ?? null
    updateRun(db, runId, {
      state: body.outcome,
      endedAtMs,
      imagesPerSecond: body.imagesPerSecond,
      waitFraction: body.waitFraction,
      trainingMs: body.trainingMs,
      peakMemoryBytes: body.peakMemoryBytes,
      evaluatedOn: body.evaluatedOn,
      accuracy,
      wrongCount: accuracy === null ? null : accuracy.total - accuracy.correct,
      resultStep: last?.stepIndex ?? null,
    })
    packRest(db, runId)
    keepSpeed(body.peakMemoryBytes)
  }

  /** A real run is the best measurement there is. */
  function keepSpeed(peakMemoryBytes: number): void {
    const { engine: report, model, recipe } = getRun(db, runId)
    if (report === null) return
    const { cropPx, microBatchSize, batchSize, precision, freeze } = recipe
    const measured = {
      engineKey: engineKey(report, precision),
      model,
      cropPx,
      microBatchSize,
      peakMemoryBytes,
      measuredAtMs: clock(),
    }
    const { stepMsPerImage, predictMsPerImage } = speed.figures()
    if (stepMsPerImage !== null) {
      // as a step that trains every layer takes
      const msPerImage = stepMsPerImage / trainedShare(parseModel(model).spec, cropPx, freeze)
      insertMeasurement(db, { ...measured, what: 'step', batchSize, msPerImage })
    }
    if (predictMsPerImage !== null)
      insertMeasurement(db, {
        ...measured,
        what: 'predict',
        batchSize: microBatchSize,
        msPerImage: predictMsPerImage,
      })
  }

  return {
    take,
    close: () => {
      saving?.giveUp()
      stepEvents.flush()
    },
    hasPaused: () => hasPaused,
  }
}
