import { expect } from 'vitest'
import {
  openPictureStore,
  type PictureStore,
  type PictureStoreOptions,
} from '../../../src/main/trainer/data/image-store'

/** A store in which nothing may go wrong, unless the test says otherwise. */
export function store(rootPath: string, more: Partial<PictureStoreOptions> = {}): PictureStore {
  const onProblem = (path: string, message: string): void => expect.fail(`${path}: ${message}`)
  return openPictureStore({ rootPath, cacheBytes: 1e6, diskCache: null, onProblem, ...more })
}
