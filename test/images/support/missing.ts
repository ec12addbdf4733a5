import { openMissingImages, type MissingImages } from '../../../src/main/trainer/data/missing-images'
import type { JobImages, TrainJob } from '../../../src/main/protocol/messages'

const none: JobImages = { ids: [], keys: [], labelIndices: [] }

/** Of a run that has training images only. */
export function missingOf(
  rootPath: string,
  train: JobImages,
  unreadable: TrainJob['unreadable'] = [],
): MissingImages {
  return openMissingImages({
    source: { kind: 'folder', path: rootPath },
    classNames: ['first', 'second', 'third'],
    images: { train, val: none, test: none },
    unreadable,
    reasonOf: (key) => `${key} is broken.`,
  })
}
