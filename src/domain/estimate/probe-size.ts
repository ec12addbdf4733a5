/** What a linear probe takes: images to compute, memory. Pure. */
import type { SplitPart } from '../../contract/entities/dataset'
import type { ModelSpec } from '../../contract/entities/model'
import type { Recipe } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { parameterCount } from '../model/spec'
import { featureChannels } from '../model/units'
import { baseBytes, predictionBytes } from './estimate'

type Counts = Readonly<Record<SplitPart, number>>

/** How many images each part has. */
export function countsOf({
  train,
  val,
  test,
}: Readonly<Record<SplitPart, { readonly ids: readonly number[] }>>): Counts {
  return { train: train.ids.length, val: val.ids.length, test: test.ids.length }
}

/** Of all features together. */
const mostFeatureBytes = 4 * 2 ** 30
/** The model on the engine and once more for the checkpoints, what convolutions reorder, and the copy that is being moved. */
const modelCopies = 4

/** Passes through the network: every image once, the training images mirrored as well where the recipe flips. */
export function probePassCount({ flip }: Pick<Recipe, 'flip'>, { train, val, test }: Counts): number {
  return train * (flip ? 2 : 1) + val + test
}

/** Kept in memory, float32. */
export function probeFeatureBytes(spec: ModelSpec, recipe: Pick<Recipe, 'flip'>, counts: Counts): number {
  return 4 * featureChannels(spec) * probePassCount(recipe, counts)
}

/** Peak memory, bytes, roughly; without the cache of decoded images. */
export function probeMemory(
  spec: ModelSpec,
  classCount: number,
  recipe: Pick<Recipe, 'flip' | 'cropPx' | 'microBatchSize'>,
  counts: Counts,
): number {
  return (
    baseBytes +
    modelCopies * 4 * parameterCount(spec, classCount) +
    predictionBytes(spec, recipe.cropPx, recipe.microBatchSize) +
    probeFeatureBytes(spec, recipe, counts)
  )
}

/** 'unsupported' where the features are more than are kept in memory; else null. */
export function tooManyFeatures(
  spec: ModelSpec,
  recipe: Pick<Recipe, 'flip'>,
  counts: Counts,
): WorkbenchError | null {
  const bytes = probeFeatureBytes(spec, recipe, counts)
  if (bytes <= mostFeatureBytes) return null
  const gigabytes = (value: number): string => `${(value / 1e9).toFixed(1)} GB`
  return new WorkbenchError(
    'unsupported',
    `The features of ${String(probePassCount(recipe, counts))} images are ${gigabytes(bytes)}; a linear probe keeps them in memory, at most ${gigabytes(mostFeatureBytes)}.`,
    `${recipe.flip ? 'Turn off the flip, which nearly halves them; choose' : 'Choose'} a narrower model or fewer images, or train without the linear probe and freeze up to block4.`,
  )
}
