/** The look for wrong labels: features of all images, a probe for each fifth that had not seen it, and what it makes of their labels. */
import { WorkbenchError } from '../../contract/errors'
import { findDoubts } from '../../domain/label-doubts/find-doubts'
import { outOfFold } from '../../domain/label-doubts/out-of-fold'
import { duplicateGroups } from '../../domain/duplicates/duplicate-groups'
import { medianOf } from '../../domain/preflight/robust'
import type { ServiceContext } from '../app/context'
import type { FeatureRequest } from '../predict/predict'
import { datasetSource, getDataset } from '../store/datasets'
import { getFeatures, putDoubts, putFeatures } from '../store/label-doubts'
import { storedGroups } from '../store/preflight'
import { storedImages, type StoredImage } from '../store/stored-images'
import type { TaskWork } from '../tasks/tasks'
import { keepOutOfFold } from './keep-out-of-fold'
import { createPace } from './pace'

/** Included: it is always there, and small. */
const modelId = 'embedded:bit-tiny'
/** Larger than the model's own: on flowers17 and the sample, a probe on these features is right for a tenth more of the images. */
const largeCropPx = 224
const smallCropPx = 96
/** Images from which on, or sides up to which, the small crop does. */
const manyImages = 20_000
const smallSidePx = 64

/** Throws 'bad-image' where none can be read, and the reason of `task.signal`. */
export async function checkLabels(
  context: ServiceContext,
  datasetId: number,
  task: TaskWork,
  isTraining: () => boolean,
  featuresOf: (request: FeatureRequest) => Promise<void>,
): Promise<void> {
  const { db } = context
  const { classes } = getDataset(db, datasetId)
  const all = storedImages(db, datasetId)
  const side = medianOf(all.map(({ widthPx, heightPx }) => Math.min(widthPx, heightPx)))
  const cropPx = all.length > manyImages || side <= smallSidePx ? smallCropPx : largeCropPx
  const modelKey = `${modelId} ${String(cropPx)}`
  await computeFeatures(context, datasetId, all, { modelKey, cropPx, task, featuresOf })

  const pace = createPace(isTraining, task.signal)
  const images: StoredImage[] = []
  const features: Float32Array[] = []
  for (const image of all) {
    const found = getFeatures(db, datasetId, modelKey, image.contentHash)
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
  let step = search.next()
  while (step.done !== true) {
    await pace.between()
    step = search.next()
  }
  await keepOutOfFold(context, datasetId, images, step.value, classes.length, () => pace.between())
  const doubts = findDoubts(step.value, labels, classes.length)
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

interface Computing {
  readonly modelKey: string
  readonly cropPx: number
  readonly task: TaskWork
  readonly featuresOf: (request: FeatureRequest) => Promise<void>
}

/** Of the contents of which they are not there yet. */
async function computeFeatures(
  { db }: ServiceContext,
  datasetId: number,
  images: readonly StoredImage[],
  { modelKey, cropPx, task, featuresOf }: Computing,
): Promise<void> {
  const wanted = new Map<string, StoredImage>()
  for (const image of images)
    if (getFeatures(db, datasetId, modelKey, image.contentHash) === null) wanted.set(image.contentHash, image)
  const left = [...wanted.values()]
  if (left.length === 0) return
  const links = left.flatMap(({ key, linkTarget }) =>
    linkTarget === null ? [] : [[key, linkTarget] as const],
  )
  let done = 0
  await featuresOf({
    modelId,
    cropPx,
    source: { ...datasetSource(db, datasetId), ...(links.length > 0 && { links }) },
    keys: left.map(({ key }) => key),
    signal: task.signal,
    onPhase: (phase) => task.progress({ phase, done: 0, total: null }),
    onAnswers: (answers) => {
      const rows = answers.flatMap(({ index, features }) => {
        const image = left[index]
        return features === null || image === undefined ? [] : [{ contentHash: image.contentHash, features }]
      })
      putFeatures(db, datasetId, modelKey, rows)
      done += answers.length
      task.progress({ phase: 'Computing features', done, total: left.length })
    },
  })
}

/** Images that show the same have the same number: one must not vouch for the label of the other. */
function foldGroups({ db }: ServiceContext, datasetId: number, images: readonly StoredImage[]): number[] {
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
