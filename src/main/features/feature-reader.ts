/** The features by which queries tell what is alike. */
import type { FeatureReader } from '../columns/likeness'
import type { FeatureStore } from '../store/features'
import type { FeatureModelOf } from './feature-model'

export function featureReader(store: FeatureStore, modelOf: FeatureModelOf): FeatureReader {
  return {
    key: async (datasetId) => (await modelOf(datasetId)).key,
    revision: () => store.revision,
    get: (key, contentHash) => store.get(key, contentHash),
  }
}
