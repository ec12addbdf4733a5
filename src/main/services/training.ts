/** Plan, measure, start, stop. */
import type { TrainRequest } from '../../contract/entities/run'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { parameterCount } from '../model/spec'
import { jobImages } from '../store/datasets'
import { getRun, insertRun } from '../store/runs'
import type { TrainJob } from '../trainer/messages'
import type { ServiceContext } from './context'
import type { EngineService } from './engine'
import type { DomainHandlers } from './handlers'
import { measureModel } from './measure-model'
import { busyError } from './obstacles'
import { openModelFile } from './model-source'
import { makePlan } from './plan'
import type { Runner } from './runner'

export function trainingHandlers(
  context: ServiceContext,
  engine: EngineService,
  runner: Runner,
): DomainHandlers<'training'> {
  const { db, clock, emit, tasks } = context

  async function start(request: TrainRequest) {
    await runner.free()
    // The micro-batch depends on the engine's memory; and where no engine works, nothing shall start in vain.
    if (runner.active() === null) await engine.report()
    const { plan, model, dataset } = await makePlan(context, engine, runner.active(), request)
    // Another start may have come first while this one looked at the disk.
    const active = runner.active()
    const obstacle = active !== null ? busyError(active) : plan.obstacles[0]
    if (obstacle !== undefined) throw fromWireError(obstacle)

    const source = request.weights === null ? null : await openModelFile(context, request.weights)
    const { rootPath, classNames, images } = jobImages(db, dataset.split.id)
    const runId = insertRun(db, {
      name: request.name.trim() === '' ? plan.suggestedName : request.name.trim(),
      datasetId: dataset.id,
      splitId: dataset.split.id,
      model: model.name,
      spec: model.spec,
      recipe: plan.recipe,
      choices: plan.choices,
      departureCount: plan.departureCount,
      weights: request.weights,
      exampleCount: dataset.split.counts.train,
      classCount: dataset.classCount,
      parameterCount: parameterCount(model.spec, dataset.classCount),
      createdAtMs: clock(),
    })
    const job: TrainJob = {
      kind: 'train',
      spec: model.spec,
      recipe: plan.recipe,
      classNames,
      rootPath,
      images,
      weightsPath: source?.path ?? null,
      cacheBytes: cacheBytes(plan.estimate.memoryAvailableBytes - plan.estimate.memoryBytes),
      pictureCache: {
        folder: context.paths.pictureCachePath,
        limitBytes: pictureCacheLimitBytes,
        keepFreeBytes: pictureCacheKeepFreeBytes,
      },
    }
    const run = getRun(db, runId)
    emit({ type: 'run', run })
    emit({ type: 'datasets-changed' }) // its count of runs
    runner.start(runId, job, () => void source?.close())
    return run
  }

  return {
    'training.plan': async (request) => (await makePlan(context, engine, runner.active(), request)).plan,
    'training.measure': async (request) => {
      await runner.free()
      const { plan, model, dataset } = await makePlan(context, engine, runner.active(), request)
      const busy = plan.obstacles.find(({ code }) => code === 'busy')
      if (busy !== undefined) throw fromWireError(busy)
      const label = `Measure ${model.name} at ${plan.recipe.cropPx} px`
      return {
        taskId: tasks.start('measure', label, (task) =>
          measureModel(context, engine, task, model, dataset.classCount, plan.recipe),
        ),
      }
    },
    'training.start': start,
    'training.resume': async () => {
      throw new WorkbenchError('unsupported', 'Not yet.')
    },
    'training.stop': async ({ id }) => {
      runner.stop(id)
      return {}
    },
  }
}

/** Decoded pictures on disk: 17,000 squares of 448 px, or a million pictures of 56 px. The folder may be deleted at any time. */
const pictureCacheLimitBytes = 10e9
/** For checkpoints and whatever else the disk is for. */
const pictureCacheKeepFreeBytes = 5e9

/** A third of what the model leaves free, but never so little that nothing is kept, nor more than decoding can fill. */
function cacheBytes(freeBytes: number): number {
  return Math.round(Math.min(Math.max(freeBytes / 3, 64 * 1024 ** 2), 16 * 1024 ** 3))
}
