/** What a probe on the labels so far makes of the images that have none: made again in the background as labels come. */
import { inTurns } from '../../domain/in-turns'
import { fitLabelProbe, labelProbabilities, probeRow } from '../../domain/labelling/label-probe'
import { permutation, purpose } from '../../domain/random'
import type { FeatureStore } from '../store/features'
import type { UnlabelledImage } from '../store/datasets/unlabelled-images'
import type { Pace } from '../tasks/pace'

export interface Suggestion {
  /** Of the classes that it was made for; the most probable first, three at most. */
  readonly classIndices: readonly number[]
  readonly probabilities: readonly number[]
}

export interface Suggestions {
  readonly classNames: readonly string[]
  readonly trainedOn: number
  /** In [0, 1], of images that the probe had not seen. */
  readonly accuracy: number
  /** By the number of the image. */
  readonly of: ReadonlyMap<number, Suggestion>
}

export interface LabelledImage {
  readonly image: UnlabelledImage
  readonly className: string
}

/** More labels cost seconds, and make a probe no better that is to be made again and again. */
const mostLabelled = 1200
/** More images are a sample: nobody looks through all of them before the next probe. */
const mostImages = 20_000
const shownClasses = 3

/** null where fewer than two classes have images with features. */
export async function suggest(
  store: Pick<FeatureStore, 'get'>,
  key: string,
  labelled: readonly LabelledImage[],
  images: readonly UnlabelledImage[],
  pace: Pace,
): Promise<Suggestions | null> {
  const wanted = sample(images, mostImages)
  const mean = await meanOfRoots(store, key, wanted, pace)
  if (mean === null) return null
  const classNames = [...new Set(labelled.map(({ className }) => className))]
  const rows: Float32Array[] = []
  const labels: number[] = []
  for (const { image, className } of sample(labelled, mostLabelled)) {
    const features = store.get(key, image.contentHash)
    if (features === null) continue
    rows.push(probeRow(features, mean))
    labels.push(classNames.indexOf(className))
    await pace.between()
  }
  if (new Set(labels).size < 2) return null
  const probe = await inTurns(fitLabelProbe(rows, labels, classNames.length), () => pace.between())
  const known = new Set(labelled.map(({ image }) => image.imageId))
  const of = new Map<number, Suggestion>()
  const probabilities = new Float64Array(classNames.length)
  for (const { imageId, contentHash } of wanted) {
    const features = known.has(imageId) ? null : store.get(key, contentHash)
    await pace.between()
    if (features === null) continue
    labelProbabilities(probe, probeRow(features, mean), probabilities)
    of.set(imageId, mostProbable(probabilities))
  }
  return { classNames, trainedOn: probe.trainedOn, accuracy: probe.accuracy, of }
}

/** null where no image has features. */
async function meanOfRoots(
  store: Pick<FeatureStore, 'get'>,
  key: string,
  images: readonly UnlabelledImage[],
  pace: Pace,
): Promise<Float32Array | null> {
  let sums: Float64Array | null = null
  let count = 0
  for (const { contentHash } of images) {
    const features = store.get(key, contentHash)
    await pace.between()
    if (features === null) continue
    sums ??= new Float64Array(features.length)
    count++
    for (let x = 0; x < features.length; x++)
      sums[x] = (sums[x] ?? 0) + Math.sqrt(Math.max(0, features[x] ?? 0))
  }
  return sums === null ? null : Float32Array.from(sums, (sum) => sum / count)
}

function mostProbable(probabilities: Float64Array): Suggestion {
  const classIndices = Array.from(probabilities.keys())
    .sort((one, other) => (probabilities[other] ?? 0) - (probabilities[one] ?? 0))
    .slice(0, shownClasses)
  return { classIndices, probabilities: classIndices.map((index) => probabilities[index] ?? 0) }
}

/** The same every time. */
function sample<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items
  return Array.from(permutation(items.length, 0, purpose.sample).subarray(0, most)).flatMap(
    (place) => items[place] ?? [],
  )
}
