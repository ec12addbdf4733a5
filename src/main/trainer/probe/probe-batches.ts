/** The batches of a linear probe: rows of known features instead of images. */
import type { Recipe } from '../../../contract/entities/run'
import { augmentation } from '../../images/augment'
import { openBatchStream } from '../data/batch-stream'
import type { MissingOfPart } from '../data/missing-images'
import type { MixupDraw } from '../data/mixup'
import type { JobImages, TrainJob } from '../../protocol/messages'
import { dropoutFactors } from '../step/dropout'
import type { HeadBatch } from './probe-head'
import type { FeatureTable } from './probe-features'

/** Of the training images, and of their mirror images where the recipe has the flip. */
export interface TrainFeatures {
  readonly plain: FeatureTable
  readonly mirrored: FeatureTable | null
  /** Numbers of a row. */
  readonly channels: number
}

/**
 * Positions start … start + count − 1 of a step's batch: the images, flips, labels and MixUp partners of an ordinary training without a random
 * crop (trainer/data/pipeline.ts), so a pure function of recipe, step and the list of missing images, whose features are zeros at weight zero. MixUp
 * mixes features.
 */
export function featureBatches(
  { images, recipe, classNames }: Pick<TrainJob, 'images' | 'recipe' | 'classNames'>,
  { plain, mirrored, channels }: TrainFeatures,
  missing: Pick<MissingOfPart, 'isMissing'>,
): (stepIndex: number, start: number, count: number) => HeadBatch {
  const stream = openBatchStream(images.train, classNames.length, recipe, missing)
  const zeros = new Float32Array(channels)
  const plainRows = rowsOfImages(plain, images.train)
  const mirroredRows = mirrored === null ? plainRows : rowsOfImages(mirrored, images.train)

  function featuresAt(stepIndex: number, position: number): Float32Array {
    const index = stream.imageAt(stepIndex * recipe.batchSize + position)
    const flipped = mirrored !== null && flips(recipe, stepIndex, position)
    const { featuresNc } = flipped ? mirrored : plain
    const row = (flipped ? mirroredRows : plainRows)[index] ?? -1
    return row < 0 ? zeros : featuresNc.subarray(row * channels, (row + 1) * channels)
  }

  function fill(target: Float32Array, stepIndex: number, position: number, mixup: MixupDraw | null): void {
    const own = featuresAt(stepIndex, position)
    if (mixup === null) return target.set(own)
    const partner = featuresAt(stepIndex, mixup.partners[position] ?? 0)
    const { lambda } = mixup
    for (let channel = 0; channel < channels; channel += 1)
      target[channel] = lambda * (own[channel] ?? 0) + (1 - lambda) * (partner[channel] ?? 0)
  }

  return (stepIndex, start, count) => {
    const mixup = stream.mixup(stepIndex)
    const featuresNc = new Float32Array(count * channels)
    for (let row = 0; row < count; row += 1)
      fill(featuresNc.subarray(row * channels, (row + 1) * channels), stepIndex, start + row, mixup)
    const { labelsNk, presentCount } = stream.labels(stepIndex, mixup, start, count)
    const factorsNc = dropoutFactors(recipe.dropout, recipe.seed, stepIndex, start, count, channels)
    return { featuresNc, labelsNk, factorsNc, count, presentCount }
  }
}

function flips(recipe: Recipe, stepIndex: number, position: number): boolean {
  return augmentation(recipe.seed, stepIndex, position, { ...recipe, resizePx: recipe.cropPx }).flip
}

/** The row of each image; −1 where it could not be read. */
function rowsOfImages({ ids }: FeatureTable, images: JobImages): Int32Array {
  const rowOfId = new Map(ids.map((id, row) => [id, row]))
  return Int32Array.from(images.ids, (id) => rowOfId.get(id) ?? -1)
}
