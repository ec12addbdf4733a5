/** What a model sees in images that belong to no dataset: their classes, or their features. */
import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { featureChannels } from '../../domain/model/units'
import { createFeatureFile, featureFormat, type FeatureFormat } from '../report/feature-file'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { wholePath } from '../app/whole-path'
import type { DomainHandlers } from '../app/handlers'
import { createEvidence } from './evidence'
import { lookAtImages, searchImages } from './look-at-images'
import { noHead, predictModel, type PredictModel } from './predict-model'
import { createPredictions, rowOf, type Prediction, type Predictions } from './predict-rows'
import { createPredictorHost, type PredictorRequest } from './predictor-host'
import { openRowFile } from './row-file'
import type { SourceAddress } from '../sources/source'
import type { TaskWork } from '../tasks/tasks'
import { createThrottle } from '../tasks/throttle'
import { openUploads, type Uploads } from './uploads'

/** Features of images of a dataset, in the order in which they are computed. */
export interface FeatureRequest extends Pick<
  PredictorRequest,
  'cropPx' | 'signal' | 'onPhase' | 'onAnswers'
> {
  readonly modelId: string
  readonly source: SourceAddress
  readonly keys: readonly string[]
}

/** A run's model, and what it says of the classes of images of a dataset. */
export interface LogitsRequest extends Omit<FeatureRequest, 'modelId' | 'cropPx'> {
  readonly model: PredictModel
}

export interface PredictService {
  /** As `features`. */
  logits(request: LogitsRequest): Promise<void>
  /** Waits for its turn. Throws as a prediction. */
  features(request: FeatureRequest): Promise<void>
  readonly handlers: DomainHandlers<'predict'>
  readonly imageFile: Predictions['imageFile']
  readonly upload: Uploads['take']
  /** A training begins, which wants the memory. */
  endIdle(): void
  close(): Promise<void>
}

interface Images {
  /** Files and folders. */
  readonly given: readonly string[]
  /** How those that were sent are called, by path. */
  readonly names: ReadonlyMap<string, string>
}

/** A client draws ten times a second at most. */
const eventIntervalMs = 100

export function createPredictService(context: ServiceContext, engine: EngineService): PredictService {
  const { tasks, emit, clock, paths } = context
  const host = createPredictorHost(context, engine)
  const uploads = openUploads(paths.scratchPath)
  const predictions = createPredictions()
  const evidence = createEvidence(context, host)

  const handlers: DomainHandlers<'predict'> = {
    'predict.start': async (input) => {
      const known = await predictModel(context, input.modelId)
      if (known.classCount === null) throw noHead(known.name)
      const loss = input.loss ?? known.loss
      // a threshold is of the probabilities that the model was promoted with
      const threshold = loss === known.loss ? (known.threshold ?? null) : null
      const model = { ...known, loss, threshold }
      const images = imagesOf(input)
      const prediction: Prediction = {
        model,
        cropPx: input.cropPx ?? model.cropPx,
        rows: openRowFile(join(paths.scratchPath, `prediction-${randomUUID()}.jsonl`)),
        opened: new Set(),
        ended: false,
      }
      const taskId = tasks.start('predict', `Predict with ${model.name}`, (task) =>
        predict(task, taskId, prediction, images),
      )
      predictions.add(taskId, prediction)
      return { taskId }
    },
    'predict.rows': async ({ taskId, offset, limit }) => {
      const { model, cropPx, rows } = predictions.get(taskId)
      return {
        total: rows.count,
        modelName: model.name,
        classCount: model.classCount ?? 0,
        hasClassNames: model.classNames !== null,
        cropPx,
        loss: model.loss,
        threshold: model.threshold ?? null,
        rows: rows.read(offset, limit).map(({ path, widthPx, heightPx, top, error }) => ({
          path,
          widthPx,
          heightPx,
          top,
          error,
        })),
      }
    },
    'predict.evidence': async (input) => evidence.ask(input),
    'predict.embed': async (input) => {
      const { modelId, cropPx } = input
      const file = wholePath(input.file)
      const format = featureFormat(file)
      typedName(basename(file), 'file')
      const model = await predictModel(context, modelId)
      const images = imagesOf(input)
      const work = (task: TaskWork): Promise<null> =>
        embed(task, model, cropPx ?? model.cropPx, images, file, format)
      return { taskId: tasks.start('embed', `Features of ${model.name}`, work) }
    },
  }

  function imagesOf(input: {
    readonly paths: readonly string[]
    readonly uploads?: readonly string[] | undefined
  }): Images {
    const sent = (input.uploads ?? []).map((uploadId) => uploads.file(uploadId))
    const given = [...input.paths.map(wholePath), ...sent.map(({ path }) => path)]
    if (given.length === 0) {
      throw new WorkbenchError('bad-input', 'No image was given.', 'Name image files or folders.')
    }
    return { given, names: new Map(sent.map(({ path, name }) => [path, name])) }
  }

  async function predict(
    task: TaskWork,
    taskId: number,
    prediction: Prediction,
    { given, names }: Images,
  ): Promise<null> {
    const { model, cropPx, rows } = prediction
    const events = createThrottle(eventIntervalMs, clock, () =>
      emit({ type: 'predict-rows', taskId, total: rows.count }),
    )
    try {
      const found = await searchImages(task, given)
      prediction.opened = found.opened
      await lookAtImages(host, task, found, {
        model,
        cropPx,
        want: 'top',
        onAnswers(answers) {
          const made = answers.map((answer) => {
            const file = found.paths[answer.index] ?? ''
            return rowOf(answer, file, names.get(file) ?? file, model)
          })
          rows.append(made)
          events.call()
        },
      })
    } finally {
      events.flush()
      prediction.ended = true
    }
    return null
  }

  async function embed(
    task: TaskWork,
    model: PredictModel,
    cropPx: number,
    { given, names }: Images,
    path: string,
    format: FeatureFormat,
  ): Promise<null> {
    const found = await searchImages(task, given)
    const file = createFeatureFile(path, format, featureChannels(model.spec), paths.unfinishedPath)
    try {
      const readCount = await lookAtImages(host, task, found, {
        model,
        cropPx,
        want: 'features',
        onAnswers(answers) {
          for (const { index, features } of answers) {
            const image = found.paths[index] ?? ''
            if (features !== null) file.add(names.get(image) ?? image, features)
          }
        },
      })
      if (readCount === 0) throw noneRead(found.paths)
      file.finish()
    } finally {
      file.close()
    }
    return null
  }

  return {
    async features({ modelId, keys, ...request }) {
      const model = await predictModel(context, modelId)
      await host.run({ ...request, model, paths: keys, want: 'features' })
    },
    logits: ({ model, keys, ...request }) =>
      host.run({ ...request, model, cropPx: model.cropPx, paths: keys, want: 'logits' }),
    handlers,
    imageFile: (taskId, row) => predictions.imageFile(taskId, row),
    upload: (name, bytes, announcedBytes) => uploads.take(name, bytes, announcedBytes),
    endIdle: () => host.endIdle(),
    close: async () => {
      await host.close()
      await uploads.close()
      predictions.close()
    },
  }
}

function noneRead(paths: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    'bad-image',
    `None of ${paths.length} images could be read, e.g. ${paths[0] ?? ''}.`,
    'Open the files in an image viewer. No file was written.',
  )
}
