/** A run's model on another dataset, part, or version: a prediction set among the classes of the dataset that the model has. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import { keepsScores, type BlockShape } from '../../domain/prediction-set/block'
import {
  mappedLogits,
  mappingByName,
  sourcesOf,
  type ClassMapping,
} from '../../domain/prediction-set/class-mapping'
import { predictionOf } from '../../domain/prediction-set/prediction-of'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { blockWriter } from '../store/block-writer'
import { runCheckpoint } from '../models/model-entries'
import { bestCheckpoint } from '../store/checkpoints/checkpoint-retention'
import { listCheckpoints } from '../store/checkpoints/checkpoints'
import { currentSplit } from '../store/column-pages'
import { versionOfSplit } from '../store/datasets/dataset-versions'
import { datasetSource, getDataset } from '../store/datasets/datasets'
import { openOtherSet } from '../store/runs/other-sets'
import { getRun } from '../store/runs/runs'
import { classNamesOf } from '../store/datasets/splits'
import { readingStored, type StoredImage } from '../store/datasets/stored-images'
import type { TaskWork } from '../tasks/tasks'
import type { PredictService } from './predict'
import { noHead, predictModel, type PredictModel } from './predict-model'

interface Evaluation {
  readonly runId: number
  readonly datasetId: number
  readonly splitId: number
  readonly part: SplitPart | null
  readonly step: number
  readonly model: PredictModel
  readonly mapping: ClassMapping
  /** Of each class of the dataset, the model's. */
  readonly sources: readonly (readonly number[])[]
  readonly images: readonly StoredImage[]
  readonly unmappedCount: number
}

export function evaluateHandlers(
  context: ServiceContext,
  predict: Pick<PredictService, 'logits'>,
): DomainHandlers<'evaluate'> {
  const { db, tasks } = context
  return {
    'evaluate.plan': async ({ runId, datasetId }) => {
      const modelClasses = namesOf(db, runId)
      const { classes } = getDataset(db, datasetId)
      const names = classNamesOf(db, currentSplit(db, datasetId).splitId)
      return {
        modelClasses,
        datasetClasses: names.map((name, place) => {
          const counts = classes.find(({ index }) => index === place)?.counts
          return { name, train: counts?.train ?? 0, val: counts?.val ?? 0, test: counts?.test ?? 0 }
        }),
        mapping: mappingByName(modelClasses, names).map(([from, to]) => [from, to]),
        steps: listCheckpoints(db, runId)
          .map(({ stepIndex }) => stepIndex)
          .reverse(),
        bestStep: bestCheckpoint(db, runId)?.stepIndex ?? null,
      }
    },
    'evaluate.start': async ({ runId, datasetId, part, step, mapping: given }) => {
      const { name } = getDataset(db, datasetId)
      const { splitId } = currentSplit(db, datasetId)
      const classNames = classNamesOf(db, splitId)
      const modelClasses = namesOf(db, runId)
      const mapping = given ?? mappingByName(modelClasses, classNames)
      refuseUnknown(mapping, modelClasses, classNames)
      const { run, checkpoint } = runCheckpoint(context, `run:${String(runId)}@${String(step)}`)
      const model = await predictModel(context, `run:${runId}`, checkpoint.stepIndex)
      if (model.classCount === null) throw noHead(model.name)
      const sources = sourcesOf(mapping, modelClasses, classNames)
      const ofPart = (await inTurns(readingStored(db, datasetId), nextTurn)).filter(
        (image) => part === null || image.part === part,
      )
      const images = ofPart.filter(({ classIndex }) => (sources[classIndex]?.length ?? 0) > 0)
      if (images.length === 0) throw nothingLeft(ofPart.length, name, part)
      const evaluation = {
        ...{ runId, datasetId, splitId, part, step: checkpoint.stepIndex, model, mapping, sources, images },
        unmappedCount: ofPart.length - images.length,
      }
      const taskId = tasks.start('evaluate', `Evaluate ${run.name} on "${name}"`, (task) =>
        evaluate(context, predict, evaluation, task),
      )
      return { taskId }
    },
  }
}

async function evaluate(
  { db, clock }: ServiceContext,
  predict: Pick<PredictService, 'logits'>,
  { runId, datasetId, splitId, part, step, model, mapping, sources, images, unmappedCount }: Evaluation,
  task: TaskWork,
): Promise<number> {
  const shape: BlockShape = {
    classCount: sources.length,
    loss: model.loss,
    hasScores: keepsScores(images.length, sources.length),
  }
  const createdAtMs = clock()
  const set = openOtherSet(db, {
    ...{ kind: 'elsewhere', runId, part, checkpointStep: step, mapping, unmappedCount, createdAtMs },
    ...{ versionId: versionOfSplit(db, splitId, createdAtMs), loss: model.loss },
    setKind: shape.hasScores ? 'scores' : 'top',
    classCount: shape.classCount,
    partCount: images.length,
  })
  const blocks = blockWriter(set, shape)
  let [done, unreadCount] = [0, 0]
  const links = images.flatMap(({ key, linkTarget }) =>
    linkTarget === null ? [] : [[key, linkTarget] as const],
  )
  try {
    await predict.logits({
      model,
      source: { ...datasetSource(db, datasetId), ...(links.length > 0 && { links }) },
      keys: images.map(({ key }) => key),
      signal: task.signal,
      onPhase: (phase) => task.progress({ phase, done: 0, total: null }),
      onAnswers: (answers) => {
        for (const { index, logits } of answers) {
          const image = images[index]
          if (logits === null || image === undefined) unreadCount++
          else {
            const mapped = mappedLogits(logits, sources, model.loss)
            const row = predictionOf(image.id, image.classIndex, mapped, model.loss)
            if (!Number.isFinite(row.loss)) throw noNumber(model.name, step, image.key)
            blocks.add(row, mapped)
          }
        }
        done += answers.length
        const note = unreadCount === 0 ? '' : `${unreadCount} cannot be read`
        task.progress({ phase: 'Classifying images', done, total: images.length, note })
      },
    })
    if (task.signal.aborted) throw new WorkbenchError('cancelled', 'The evaluation was cancelled.')
    if (unreadCount === images.length) {
      throw new WorkbenchError(
        'bad-image',
        `None of ${images.length} images could be read, e.g. ${images[0]?.key ?? ''}.`,
        'Check that the dataset is still where it was.',
      )
    }
    set.seal(blocks.end(), unreadCount)
  } catch (thrown) {
    set.drop()
    throw thrown
  }
  return set.id
}

function noNumber(name: string, step: number, key: string): WorkbenchError {
  return new WorkbenchError(
    'loss-not-finite',
    `${name} after step ${step} gives no number for ${key}: its training had diverged by then.`,
    'Evaluate an earlier checkpoint, or train again with a lower learning rate.',
  )
}

/** Of the head of a run. Throws 'not-found'. */
function namesOf(db: ServiceContext['db'], runId: number): string[] {
  return classNamesOf(db, getRun(db, runId).splitId)
}

function refuseUnknown(
  mapping: ClassMapping,
  modelClasses: readonly string[],
  datasetClasses: readonly string[],
): void {
  for (const [from, to] of mapping) {
    const unknown = !modelClasses.includes(from)
      ? from
      : to !== null && !datasetClasses.includes(to)
        ? to
        : null
    if (unknown === null) continue
    const whose = unknown === from ? 'model' : 'dataset'
    throw new WorkbenchError(
      'bad-input',
      `The ${whose} has no class "${unknown}".`,
      `Its classes are ${(whose === 'model' ? modelClasses : datasetClasses).slice(0, 10).join(', ')}.`,
    )
  }
}

function nothingLeft(total: number, name: string, part: SplitPart | null): WorkbenchError {
  if (total === 0)
    return new WorkbenchError(
      'bad-input',
      `"${name}" has no images in ${part ?? 'any'} part.`,
      'Choose another part.',
    )
  return new WorkbenchError(
    'bad-input',
    `The model has the class of none of the ${total} images of "${name}".`,
    'Say which class of the model is which class of the dataset.',
  )
}
