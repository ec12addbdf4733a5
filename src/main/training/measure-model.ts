/** Times a few micro-batches of a model in a trainer of its own and keeps the figure for later plans. */
import { withMemoryLimit } from '../engine/environment'
import { memoryAvailable } from '../engine/memory-available'
import type { EngineReport } from '../../contract/entities/model'
import type { Recipe } from '../../contract/entities/run'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { sizeWords } from '../../domain/model/model-names'
import type { NamedModel } from '../../domain/model/spec'
import { insertMeasurement } from '../store/measurements'
import { startTrainer } from '../protocol/supervisor'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { engineKey } from '../costs/engine-key'
import type { TaskWork } from '../tasks/tasks'

/** The first step compiles and allocates; the following ones are what is timed. */
const measuredSteps = 4

/** Resolves to null: what it makes is a figure, not a thing with an id. */
export function measureModel(
  { db, clock, trainerPath, trainerEnvironment }: ServiceContext,
  engineService: EngineService,
  task: TaskWork,
  model: NamedModel,
  classCount: number,
  recipe: Recipe,
): Promise<null> {
  const { cropPx, microBatchSize, precision } = recipe
  task.progress({ phase: 'Starting the engine', done: 0, total: null })
  return new Promise((resolve, reject) => {
    let engine: EngineReport | null = null
    let result: { msPerImage: number; peakMemoryBytes: number } | null = null
    const trainer = startTrainer({
      trainerPath,
      environment: withMemoryLimit(trainerEnvironment, memoryAvailable(null)),
      job: {
        kind: 'measure',
        what: 'step',
        microBatchCount: 1,
        learningRate: 1e-6,
        profile: false,
        spec: model.spec,
        classCount,
        microBatchSize,
        cropPx,
        precision,
        stepCount: measuredSteps,
      },
      onMessage(body) {
        if (body.type === 'engine') {
          engine = body.engine
          engineService.learn(body.engine)
        }
        if (body.type === 'progress')
          task.progress({ ...body, phase: `Timing steps of ${sizeWords(model.name)}` })
        if (body.type === 'failed') reject(fromWireError(body.error))
        if (body.type === 'measured') result = body
      },
      onEnd(end) {
        if (end.kind === 'crash' || end.kind === 'not-saved') return reject(fromWireError(end.error))
        if (engine === null || result === null)
          return reject(new WorkbenchError('cancelled', 'Measurement cancelled.'))
        try {
          const { msPerImage, peakMemoryBytes } = result
          insertMeasurement(db, {
            what: 'step',
            model: model.name,
            cropPx,
            microBatchSize,
            batchSize: microBatchSize,
            engineKey: engineKey(engine, precision),
            msPerImage,
            peakMemoryBytes,
            measuredAtMs: clock(),
          })
          resolve(null)
        } catch (thrown) {
          // as on a full disk: here nobody else would catch it
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
        }
      },
    })
    task.signal.addEventListener('abort', () => void trainer.kill(), { once: true })
  })
}
