/** Features of all images of a dataset: those that are not there yet, some thousand at a time, while no run trains. */
import { WorkbenchError } from '../../contract/errors'
import type { ServiceContext } from '../app/context'
import type { PredictService } from '../predict/predict'
import type { SourceAddress } from '../sources/source'
import { currentSplit, splitImageCount } from '../store/column-pages'
import { contentPage, type ContentPlace } from '../store/datasets/content-pages'
import { datasetSource } from '../store/datasets/datasets'
import type { FeatureStore } from '../store/features'
import { createPace } from '../tasks/pace'
import type { TaskWork } from '../tasks/tasks'
import type { FeatureModel } from './feature-model'
import type { TrainingWatch } from './training-watch'

/** Images of one request to the process that computes, and rows that are looked up between two pauses. */
const imagesAtOnce = 4096
const rowsAtOnce = 500

export interface FeatureParts {
  readonly context: Pick<ServiceContext, 'db'>
  readonly store: FeatureStore
  readonly predict: Pick<PredictService, 'features' | 'endIdle'>
  readonly training: TrainingWatch
}

/** Images without features, and in all. `pause` lets others come in between. */
export async function countFeatures(
  { context: { db }, store }: Pick<FeatureParts, 'context' | 'store'>,
  datasetId: number,
  key: string,
  pause: () => Promise<void>,
): Promise<{ imageCount: number; missingCount: number }> {
  const { splitId } = currentSplit(db, datasetId)
  let missingCount = 0
  for (const page of pages((afterId) => contentPage(db, splitId, afterId, rowsAtOnce))) {
    for (const { contentHash } of page) if (!store.has(key, contentHash)) missingCount++
    await pause()
  }
  return { imageCount: splitImageCount(db, splitId), missingCount }
}

/** What was computed is kept, whatever the end. Throws 'bad-image' where there are images and none could be read, 'disk-full', the reason of `task.signal`. */
export async function computeFeatures(
  parts: FeatureParts,
  datasetId: number,
  model: FeatureModel,
  task: TaskWork,
): Promise<void> {
  const { context, store } = parts
  const { db } = context
  const pace = createPace(() => false, task.signal)
  task.progress({ phase: 'Looking for known features', done: 0, total: null })
  const { imageCount, missingCount } = await countFeatures(parts, datasetId, model.key, () => pace.between())
  if (missingCount === 0) return
  const { splitId } = currentSplit(db, datasetId)
  const source = datasetSource(db, datasetId)
  const counts = { done: 0, total: missingCount, unread: 0 }
  for (const page of pages((afterId) => contentPage(db, splitId, afterId, imagesAtOnce))) {
    const wanted = new Map<string, ContentPlace>()
    let missing = 0
    for (const image of page) {
      if (!store.has(model.key, image.contentHash)) {
        wanted.set(image.contentHash, image)
        missing++
      }
      await pace.between()
    }
    await computePage(parts, model, source, [...wanted.values()], task, counts)
    counts.done += missing - wanted.size // of the same bytes
  }
  if (counts.unread === missingCount && missingCount === imageCount) throw noneRead()
}

async function computePage(
  { store, predict, training }: FeatureParts,
  model: FeatureModel,
  source: SourceAddress,
  images: readonly ContentPlace[],
  task: TaskWork,
  counts: { done: number; readonly total: number; unread: number },
): Promise<void> {
  let left = images
  while (left.length > 0) {
    if (training.isTraining()) {
      predict.endIdle()
      task.progress({ phase: 'Waiting until the run has ended', done: counts.done, total: counts.total })
      await training.ended(task.signal)
    }
    const asked = left
    let answered = 0
    const turn = new AbortController()
    const stop = (): void => turn.abort()
    const stopWatching = training.onStart(stop)
    task.signal.addEventListener('abort', stop)
    try {
      task.signal.throwIfAborted()
      const links = asked.flatMap(({ key, linkTarget }) =>
        linkTarget === null ? [] : [[key, linkTarget] as const],
      )
      await predict.features({
        modelId: model.id,
        cropPx: model.cropPx,
        source: { ...source, ...(links.length > 0 && { links }) },
        keys: asked.map(({ key }) => key),
        signal: turn.signal,
        onPhase: (phase) => task.progress({ phase, done: counts.done, total: counts.total }),
        onAnswers: (answers) => {
          const rows = answers.flatMap(({ index, features }) => {
            const image = asked[index]
            return features === null || image === undefined
              ? []
              : [{ contentHash: image.contentHash, features }]
          })
          store.put(model.key, rows)
          answered += answers.length
          counts.done += answers.length
          counts.unread += answers.length - rows.length
          task.progress({
            phase: 'Computing features',
            done: counts.done,
            total: counts.total,
            note: counts.unread === 0 ? '' : `${String(counts.unread)} that cannot be read`,
          })
        },
      })
      answered = asked.length
    } catch (thrown) {
      task.signal.throwIfAborted()
      if (!turn.signal.aborted) throw thrown
    } finally {
      stopWatching()
      task.signal.removeEventListener('abort', stop)
    }
    left = asked.slice(answered)
  }
}

function* pages(read: (afterId: number) => ContentPlace[]): Generator<ContentPlace[]> {
  for (let afterId = 0; ;) {
    const page = read(afterId)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    afterId = last.id
  }
}

function noneRead(): WorkbenchError {
  return new WorkbenchError(
    'bad-image',
    'None of the images could be read, so that their features could not be computed.',
    'Check the images on the disk.',
  )
}
