/** Measures this machine once, in some seconds, before the first plan needs it: what every estimate is scaled from. */
import type { EngineReport } from '../../contract/entities/model'
import { startModelId } from '../../contract/entities/model'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { withMemoryLimit } from '../engine/environment'
import { parseModel, smallestModel, type NamedModel } from '../../domain/model/spec'
import { unitsOf } from '../../domain/model/units'
import { findEngineStart, insertEngineStart, insertMeasurement } from '../store/measurements'
import type { ProbeCase, ProbeResult } from '../protocol/messages'
import { startTrainer } from '../protocol/supervisor'
import type { ServiceContext } from '../app/context'
import { engineKey } from '../costs/engine-key'
import type { EngineService } from '../engine/engine'
import { memoryAvailable } from '../engine/memory-available'
import { usableModel } from '../models/model-source'
import type { Runner } from './runner'
import type { TaskWork } from '../tasks/tasks'

export interface SpeedProbe {
  /** The task that measures; null where the machine was measured before, or something else works on it now. Throws 'engine-missing'. */
  begin(): Promise<number | null>
  /** The same in the background: once, and what goes wrong is told by the task alone. */
  beginQuietly(): void
  /** The task under way. */
  running(): number | null
  /** Gives up what runs; resolves when its trainer has gone. */
  cancel(): Promise<void>
  /** Resolves when nothing is being measured. */
  ended(): Promise<void>
}

export function createSpeedProbe(
  context: ServiceContext,
  engine: EngineService,
  runner: Pick<Runner, 'active' | 'free'>,
): SpeedProbe {
  const { db, tasks } = context
  let current: { readonly taskId: number; readonly gone: Promise<void> } | null = null
  let beginning: Promise<number | null> | null = null
  let tried = false

  async function start(): Promise<number | null> {
    const report = await engine.report()
    if (findEngineStart(db, engineKey(report, 'float32')) !== null) return null
    await runner.free()
    if (runner.active().length > 0) return null
    if (tasks.list().some(({ kind, state }) => kind === 'measure' && state === 'running')) return null
    const model = await probedModel(context)
    let leave = (): void => undefined
    const gone = new Promise<void>((resolve) => (leave = resolve))
    const taskId = tasks.start('probe', 'Measure this machine', (task) =>
      probe(context, engine, task, model, report).finally(() => {
        current = null
        leave()
      }),
    )
    current = { taskId, gone }
    return taskId
  }

  const begin = (): Promise<number | null> => {
    if (current !== null) return Promise.resolve(current.taskId)
    return (beginning ??= start().finally(() => (beginning = null)))
  }

  return {
    begin,
    beginQuietly() {
      // once: who cancelled it, or has no engine, is not asked again at each plan
      if (tried) return
      tried = true
      // an engine that is missing is told where it is asked for
      begin().catch(() => undefined)
    },
    running: () => current?.taskId ?? null,
    async cancel() {
      await beginning?.catch(() => null)
      if (current === null) return
      const { taskId, gone } = current
      tasks.cancel(taskId)
      await gone
    },
    async ended() {
      await beginning?.catch(() => null)
      await current?.gone
    },
  }
}

/** The one that trainings start from; where it did not come along, the smallest there is. */
async function probedModel(context: ServiceContext): Promise<NamedModel> {
  try {
    const { architecture } = await usableModel(context, startModelId)
    return parseModel(architecture)
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
    return smallestModel
  }
}

const probedClasses = 10

/**
 * Two crops, so that another one is known from the two; fewer images at once, so that a step's own cost is known apart from that of its images;
 * and more, because they gain less than that cost says: scaled from 32 to 128 images, a plan of 5 minutes took 6:27. A card is filled by more of
 * them, and without recorded graphs a few take long enough.
 */
function casesFor(engine: EngineReport): ProbeCase[] {
  const size = engine.device === 'gpu' ? 128 : engine.recordedGraphs === true ? 32 : 4
  const at = (cropPx: number, microBatchSize: number, precision: ProbeCase['precision']): ProbeCase => ({
    cropPx,
    microBatchSize,
    precision,
  })
  const casesIn = (precision: ProbeCase['precision']): ProbeCase[] => [
    at(64, size, precision),
    at(64, size * 4, precision),
    at(128, size / 2, precision),
  ]
  const cases = [...casesIn('float32'), at(64, size / 4, 'float32')]
  return engine.recordedGraphs === true && engine.hasBfloat16 === true
    ? [...cases, ...casesIn('bfloat16')]
    : cases
}

/** Resolves to null: what it makes are figures. */
function probe(
  context: ServiceContext,
  engineService: EngineService,
  task: TaskWork,
  model: NamedModel,
  expected: EngineReport,
): Promise<null> {
  const { clock, trainerPath, trainerEnvironment } = context
  const cases = casesFor(expected)
  task.progress({ phase: 'Starting the engine', done: 0, total: cases.length })
  return new Promise((resolve, reject) => {
    if (task.signal.aborted) return reject(new WorkbenchError('cancelled', 'Measurement cancelled.'))
    const begunMs = clock()
    let engine: EngineReport | null = null
    let startMs = 0
    let results: readonly ProbeResult[] | null = null
    const trainer = startTrainer({
      trainerPath,
      environment: withMemoryLimit(trainerEnvironment, memoryAvailable(null)),
      job: { kind: 'probe', spec: model.spec, classCount: probedClasses, cases },
      onMessage(body) {
        if (body.type === 'engine') {
          engine = body.engine
          startMs = clock() - begunMs
          engineService.learn(body.engine)
        }
        if (body.type === 'progress') task.progress(body)
        if (body.type === 'failed') reject(fromWireError(body.error))
        if (body.type === 'probed') results = body.results
      },
      onEnd(end) {
        if (end.kind === 'crash' || end.kind === 'not-saved') return reject(fromWireError(end.error))
        if (engine === null || results === null)
          return reject(new WorkbenchError('cancelled', 'Measurement cancelled.'))
        try {
          keep(context, model, engine, startMs, results)
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

function keep(
  { db, clock }: Pick<ServiceContext, 'db' | 'clock'>,
  model: NamedModel,
  engine: EngineReport,
  startMs: number,
  results: readonly ProbeResult[],
): void {
  for (const { stepMsPerImage, predictMsPerImage, cropPx, microBatchSize, precision } of results) {
    const measured = {
      engineKey: engineKey(engine, precision),
      model: model.name,
      cropPx,
      microBatchSize,
      batchSize: microBatchSize,
      peakMemoryBytes: 0, // of all cases together
      measuredAtMs: clock(),
    }
    insertMeasurement(db, { ...measured, what: 'step', msPerImage: stepMsPerImage })
    insertMeasurement(db, { ...measured, what: 'predict', msPerImage: predictMsPerImage })
  }
  const recorded = results.map(({ firstStepMs }) => firstStepMs)
  insertEngineStart(db, {
    engineKey: engineKey(engine, 'float32'),
    startMs,
    graphMs: recorded.reduce((sum, ms) => sum + ms, 0) / recorded.length / unitsOf(model.spec).length,
    measuredAtMs: clock(),
  })
}
