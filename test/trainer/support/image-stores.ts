import { expect } from 'vitest'
import { openSource } from '../../../src/main/sources/sources'
import {
  openImageStore,
  type ImageStore,
  type ImageStoreOptions,
} from '../../../src/main/trainer/data/image-store'

/** A store in which nothing may go wrong, unless the test says otherwise. */
export function store(rootPath: string, more: Partial<ImageStoreOptions> = {}): ImageStore {
  const onProblem = (path: string, message: string): void => expect.fail(`${path}: ${message}`)
  return openImageStore({
    source: openSource({ kind: 'folder', path: rootPath }),
    cacheBytes: 1e6,
    diskCache: null,
    onProblem,
    ...more,
  })
}
