/** The look for wrong labels: features of all images, a probe for each fifth that had not seen it, and what it makes of their labels. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { WorkbenchError } from '../../contract/errors'
import { findDoubts } from '../../domain/label-doubts/find-doubts'
import { inTurns } from '../../domain/in-turns'
import { outOfFold } from '../../domain/label-doubts/out-of-fold'
import { duplicateGroups } from '../../domain/duplicates/duplicate-groups'
import type { ServiceContext } from '../app/context'
import type { FeatureService } from '../features/features'
import { getDataset } from '../store/datasets/datasets'
import type { FeatureStore } from '../store/features'
import { putDoubts } from '../store/labels/label-doubts'
import { storedGroups } from '../store/datasets/preflight'
import { readingStored, type StoredImage } from '../store/datasets/stored-images'
import { createPace } from '../tasks/pace'
import type { TaskWork } from '../tasks/tasks'
import { keepOutOfFold } from './keep-out-of-fold'

export interface LabelCheckParts {
  isTraining(): boolean
  readonly featureStore: Pick<FeatureStore, 'get'>
  readonly computeFeatures: FeatureService['compute']
}

/** Throws 'bad-image' where none can be read, and the reason of `task.signal`. */
export async function checkLabels(
  context: Pick<ServiceContext, 'db' | 'clock'>,
  datasetId: number,
  task: TaskWork,
  { isTraining, featureStore, computeFeatures }: LabelCheckParts,
): Promise<void> {
  const { db } = context
  // The dataset may get another version while its features are computed: what is found is of this one.
  const { classes, split } = getDataset(db, datasetId)
  const all = await inTurns(readingStored(db, datasetId), nextTurn)
  const { key } = await computeFeatures(datasetId, task)

  const pace = createPace(isTraining, task.signal)
  const images: StoredImage[] = []
  const features: Float32Array[] = []
  for (const image of all) {
    const found = featureStore.get(key, image.contentHash)
    await pace.between()
    if (found === null) continue
    images.push(image)
    features.push(found)
  }
  const width = features[0]?.length
  if (width === undefined) throw noneRead()
  const labels = images.map(({ classIndex }) => classIndex)
  const search = outOfFold({
    count: images.length,
    width,
    classCount: classes.length,
    labels,
    groups: foldGroups(context, datasetId, images),
    read: (place, into) => into.set(features[place] ?? []),
  })
  task.progress({ phase: 'Holding labels to their images', done: 0, total: null })
  const probabilities = await inTurns(search, () => pace.between())
  await keepOutOfFold(context, split.id, images, probabilities, classes.length, () => pace.between())
  const doubts = findDoubts(probabilities, labels, classes.length)
  putDoubts(
    db,
    datasetId,
    context.clock(),
    doubts.flatMap(({ place, suggested, labelProbability, suggestedProbability }) => {
      const image = images[place]
      const name = classes[suggested]?.name
      if (image === undefined || name === undefined) return []
      const { contentHash, className: label } = image
      return [{ contentHash, label, suggested: name, labelProbability, suggestedProbability }]
    }),
  )
}

/** Images that show the same have the same number: one must not vouch for the label of the other. */
function foldGroups(
  { db }: Pick<ServiceContext, 'db'>,
  datasetId: number,
  images: readonly StoredImage[],
): number[] {
  const groups = images.map((_, place) => place)
  for (const { members } of duplicateGroups(images, storedGroups(db, datasetId)))
    for (const member of members) groups[member] = members[0] ?? member
  return groups
}

function noneRead(): WorkbenchError {
  return new WorkbenchError(
    'bad-image',
    'None of the images could be read, so that their labels could not be looked at.',
    'Check the images on the disk.',
  )
}
