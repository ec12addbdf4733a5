import { expect } from 'vitest'
import {
  openImageStore,
  type ImageStore,
  type ImageStoreOptions,
} from '../../../src/main/trainer/data/image-store'

/** A store in which nothing may go wrong, unless the test says otherwise. */
export function store(rootPath: string, more: Partial<ImageStoreOptions> = {}): ImageStore {
  const onProblem = (path: string, message: string): void => expect.fail(`${path}: ${message}`)
  return openImageStore({ rootPath, cacheBytes: 1e6, diskCache: null, onProblem, ...more })
}
