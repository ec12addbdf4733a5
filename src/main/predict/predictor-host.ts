/**
 * The process that predicts. One at a time, one request at a time; it stays for a while with its model loaded, so that the next images are
 * answered at once. Beside a training it works with what the training leaves of the processor.
 */
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { withMemoryLimit } from '../engine/environment'
import type { FromTrainerBody, ImageAnswer, ImageRequest } from '../protocol/messages'
import { outOfMemory } from '../protocol/out-of-memory'
import { startTrainer, type Trainer, type TrainerEnd } from '../protocol/supervisor'
import { predictionBatch } from '../../domain/estimate/estimate'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { memoryAvailable } from '../engine/memory-available'
import type { ModelFile } from '../models/model-source'
import type { PredictModel } from './predict-model'

export interface PredictorRequest extends ImageRequest {
  readonly model: PredictModel
  readonly cropPx: number
  readonly signal: AbortSignal
  onPhase(phase: string): void
  /** In the order of the paths. What it throws ends the process and the request. */
  onAnswers(answers: readonly ImageAnswer[]): void
}

export interface PredictorHost {
  /** When it is its turn. Throws 'cancelled' where the signal says so, and what kept the model from being loaded. */
  run(request: PredictorRequest): Promise<void>
  /** Ends the process unless it works: its memory is wanted. */
  endIdle(): void
  close(): Promise<void>
}

/** How long the model stays: long enough to drop the next image, short enough not to hold gigabytes for nothing. */
const defaultIdleMs = 60_000

interface Predictor {
  readonly key: string
  readonly trainer: Trainer
  ready: boolean
}

interface Turn {
  readonly request: PredictorRequest
  /** Who works on it. */
  by: Predictor | null
  resolve(): void
  reject(error: unknown): void
}

export function createPredictorHost(
  context: Pick<ServiceContext, 'trainerPath' | 'trainerEnvironment'>,
  engine: Pick<EngineService, 'known' | 'learn'>,
  keptIdleMs: number = defaultIdleMs,
): PredictorHost {
  const waiting: Turn[] = []
  let current: Turn | null = null
  let predictor: Predictor | null = null
  /** Until the one before has gone: two models at once may be more than the memory holds. */
  let leaving: Promise<void> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  let closed = false

  function run(request: PredictorRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn: Turn = { request, by: null, resolve, reject }
      waiting.push(turn)
      if (current !== null) request.onPhase('Waiting for another prediction')
      request.signal.addEventListener('abort', () => cancel(turn), { once: true })
      next()
    })
  }

  function next(): void {
    if (current !== null) return
    clearTimeout(idle)
    current = waiting.shift() ?? null
    if (current !== null) begin(current).catch((thrown: unknown) => end(thrown))
    else idle = setTimeout(endIdle, keptIdleMs).unref()
  }

  async function begin(turn: Turn): Promise<void> {
    const { request } = turn
    const key = JSON.stringify([
      request.model.weightsKey,
      request.cropPx,
      request.model.loss,
      request.model.temperature,
    ])
    if (predictor !== null && predictor.key !== key) dismiss()
    if (predictor === null) {
      await leaving
      const file = await request.model.open()
      if (request.signal.aborted || closed) {
        await file.close()
        throw cancelled()
      }
      predictor = turn.by = load(key, request, file)
    } else {
      turn.by = predictor
      ask(turn)
    }
  }

  /** Of the current turn, with an error or well. */
  function end(error?: unknown): void {
    const ended = current
    current = null
    if (error === undefined) ended?.resolve()
    else ended?.reject(error)
    next()
  }

  function cancel(turn: Turn): void {
    const place = waiting.indexOf(turn)
    if (place >= 0) {
      waiting.splice(place, 1)
      turn.reject(cancelled())
    } else if (turn === current) {
      // What loads knows of no request yet; what computes ends after the images at hand.
      if (turn.by?.ready === true) turn.by.trainer.stop()
      else dismiss()
    }
  }

  function dismiss(): void {
    const old = predictor
    predictor = null
    if (old !== null) leaving = old.trainer.kill()
  }

  function load(key: string, { model, cropPx, onPhase }: PredictorRequest, file: ModelFile): Predictor {
    onPhase(`Loading ${model.name}`)
    const memoryBytes = memoryAvailable(engine.known())
    const { spec, classCount, precision, loss, temperature = null } = model
    const trainer = startTrainer({
      trainerPath: context.trainerPath,
      environment: withMemoryLimit(context.trainerEnvironment, memoryAvailable(null)),
      lowPriority: true,
      job: {
        kind: 'predict',
        spec,
        classCount,
        precision,
        loss,
        temperature,
        weightsPath: file.path,
        cropPx,
        batchSize: predictionBatch(spec, cropPx, memoryBytes),
      },
      onMessage: (body) => see(made, body, file),
      onEnd: (end) => ended(made, end, file),
    })
    const made: Predictor = { key, trainer, ready: false }
    return made
  }

  function ask({ by, request: { paths, want, source } }: Turn): void {
    by?.trainer.askFor({ paths, want, ...(source !== undefined && { source }) })
  }

  function see(from: Predictor, body: FromTrainerBody, file: ModelFile): void {
    switch (body.type) {
      case 'engine':
        return engine.learn(body.engine)
      case 'predictor-ready':
        from.ready = true
        void file.close()
        if (current !== null) ask(current)
        return
      case 'predicted':
        return current?.request.onAnswers(body.answers)
      case 'images-done':
        return end(current?.request.signal.aborted === true ? cancelled() : undefined)
      case 'failed':
        predictor = null // it ends by itself
        leaving = from.trainer.gone
        return end(fromWireError(body.error))
    }
  }

  function ended(who: Predictor, how: TrainerEnd, file: ModelFile): void {
    if (!who.ready) void file.close()
    if (predictor === who) predictor = null
    if (current?.by === who) end(errorOf(how))
  }

  function endIdle(): void {
    if (current === null) dismiss()
  }

  return {
    run,
    endIdle,
    close: async () => {
      closed = true
      for (const turn of waiting.splice(0)) turn.reject(cancelled())
      dismiss()
      await leaving
      clearTimeout(idle)
    },
  }
}

function errorOf(end: TrainerEnd): unknown {
  switch (end.kind) {
    case 'crash':
      // Native code that finds no memory aborts the process: only its last words say why.
      return outOfMemory(new Error(end.lastLines)) ?? fromWireError(end.error)
    case 'not-saved':
      return fromWireError(end.error)
    case 'exit':
    case 'killed':
      return cancelled()
  }
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The prediction was cancelled.', 'The results so far were kept.')
}
