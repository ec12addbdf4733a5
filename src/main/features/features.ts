/** Features of datasets: computed once in a task that gives way to trainings, and read by whoever looks for what is alike. */
import type { FeatureStatus } from '../../contract/entities/features'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import type { PredictService } from '../predict/predict'
import { getDataset } from '../store/datasets/datasets'
import type { FeatureStore } from '../store/features'
import { createPace } from '../tasks/pace'
import type { TaskWork } from '../tasks/tasks'
import { computeFeatures, countFeatures } from './compute-features'
import { createFeatureModels, type FeatureModel, type FeatureModelOf } from './feature-model'
import type { TrainingWatch } from './training-watch'

export interface FeatureService {
  readonly handlers: DomainHandlers<'features'>
  readonly modelOf: FeatureModelOf
  /** As a part of another task. */
  compute(datasetId: number, task: TaskWork): Promise<FeatureModel>
}

export function createFeatureService(
  context: ServiceContext,
  store: FeatureStore,
  predict: Pick<PredictService, 'features' | 'endIdle'>,
  training: TrainingWatch,
): FeatureService {
  const { tasks, db, emit } = context
  const modelOf = createFeatureModels(context)
  const parts = { context, store, predict, training }
  /** Tasks by dataset and key. */
  const running = new Map<string, number>()

  async function status(datasetId: number, model: FeatureModel): Promise<FeatureStatus> {
    const pace = createPace(() => false, new AbortController().signal)
    const { imageCount, missingCount } = await countFeatures(parts, datasetId, model.key, () =>
      pace.between(),
    )
    return {
      datasetId,
      modelId: model.id,
      modelName: model.name,
      cropPx: model.cropPx,
      width: model.width,
      imageCount,
      computedCount: imageCount - missingCount,
      taskId: running.get(`${String(datasetId)} ${model.key}`) ?? null,
    }
  }

  return {
    modelOf,
    async compute(datasetId, task) {
      const model = await modelOf(datasetId)
      await computeFeatures(parts, datasetId, model, task)
      emit({ type: 'features-changed', datasetId })
      return model
    },
    handlers: {
      'features.status': async ({ datasetId, modelId }) =>
        status(datasetId, await modelOf(datasetId, modelId)),
      'features.compute': async ({ datasetId, modelId }) => {
        const { name } = getDataset(db, datasetId)
        const model = await modelOf(datasetId, modelId)
        const runningKey = `${String(datasetId)} ${model.key}`
        const begun = running.get(runningKey)
        if (begun !== undefined) return { taskId: begun }
        const taskId = tasks.start('features', `Features of "${name}"`, async (task) => {
          try {
            await computeFeatures(parts, datasetId, model, task)
            return datasetId
          } finally {
            running.delete(runningKey)
            emit({ type: 'features-changed', datasetId })
          }
        })
        running.set(runningKey, taskId)
        return { taskId }
      },
    },
  }
}
