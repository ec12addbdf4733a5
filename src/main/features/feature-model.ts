/** Which model's features: what of it the features depend on is their key. */
import { featureChannels } from '../../domain/model/units'
import type { ServiceContext } from '../app/context'
import { hashFile } from '../models/file-hash'
import { predictModel } from '../predict/predict-model'
import { getDataset } from '../store/datasets/datasets'

export interface FeatureModel {
  readonly id: string
  readonly name: string
  readonly cropPx: number
  /** Numbers of each image. */
  readonly width: number
  /** Another one where weights, precision or crop are others. */
  readonly key: string
}

/** Included: it is always there, and small. */
const defaultModelId = 'embedded:bit-tiny'
/** Larger than the model's own: on flowers17 and the sample, a probe on these features is right for a tenth more of the images. */
const largeCropPx = 224
const smallCropPx = 96
/** Images from which on, or sides up to which, the small crop does. */
const manyImages = 20_000
const smallSidePx = 64

/** Throws 'not-found' for a dataset or model that is not there, 'bad-weights', 'path-not-found'. */
export type FeatureModelOf = (datasetId: number, modelId?: string) => Promise<FeatureModel>

export function createFeatureModels(context: ServiceContext): FeatureModelOf {
  /** By what tells weights apart within this core. */
  const hashes = new Map<string, string>()
  return async (datasetId, modelId = defaultModelId) => {
    const { medianWidthPx, medianHeightPx, imageCount } = getDataset(context.db, datasetId)
    const model = await predictModel(context, modelId)
    const { weightsKey, precision, name, spec } = model
    let hash = hashes.get(weightsKey)
    if (hash === undefined) {
      const file = await model.open()
      try {
        hash = (await hashFile(file.path)).sha256
      } finally {
        await file.close()
      }
      hashes.set(weightsKey, hash)
    }
    const isSmall = imageCount > manyImages || Math.min(medianWidthPx, medianHeightPx) <= smallSidePx
    const ownCropPx = isSmall ? smallCropPx : largeCropPx
    const cropPx = modelId === defaultModelId ? ownCropPx : model.cropPx
    return {
      id: modelId,
      name,
      cropPx,
      width: featureChannels(spec),
      key: `${hash} ${precision} ${String(cropPx)}`,
    }
  }
}
