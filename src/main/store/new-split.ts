/** The images of a dataset divided anew, by chance or as someone says; runs keep the split that they used. */
import type { SplitOptions, SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import type { InTurns } from '../../domain/in-turns'
import { assigningSplit } from '../../domain/split'
import { getDataset } from './datasets'
import { makingVersion } from './new-version'
import type { Db } from './statement'
import { readingStored } from './stored-images'

/**
 * The same division again is the same split. Throws 'unsupported' where the dataset decides all three parts, 'busy' where it got another version meanwhile,
 * 'not-found'.
 */
export function* makingSplit(db: Db, datasetId: number, options: SplitOptions, nowMs: number): InTurns<void> {
  const { split, classes } = getDataset(db, datasetId)
  if (split.origin === 'folders') {
    throw new WorkbenchError(
      'unsupported',
      'The dataset sets its split itself: it says of each image whether it trains, validates or tests.',
      'Change that where the images are, and import the dataset again.',
    )
  }
  const images = yield* readingStored(db, datasetId)
  yield* makingVersion(db, {
    base: { datasetId, splitId: split.id },
    classNames: classes.map(({ name }) => name),
    images,
    rowIds: images.map(({ id }) => id),
    split: { ...(yield* assigningSplit(images, options)), options },
    problems: null,
    counts: null,
    createdAtMs: nowMs,
  })
}

/** As `partOf` says, by the images' numbers; the others keep their part. Returns the split that was current before. Throws 'busy', 'not-found' as above. */
export function* makingGivenSplit(
  db: Db,
  datasetId: number,
  partOf: ReadonlyMap<number, SplitPart>,
  nowMs: number,
): InTurns<{ previousSplitId: number; movedCount: number }> {
  const { split, classes } = getDataset(db, datasetId)
  const images = yield* readingStored(db, datasetId)
  const parts = images.map(({ id, part }) => partOf.get(id) ?? part)
  yield* makingVersion(db, {
    base: { datasetId, splitId: split.id },
    classNames: classes.map(({ name }) => name),
    images,
    rowIds: images.map(({ id }) => id),
    split: { origin: split.origin, options: split.options, parts },
    problems: null,
    counts: null,
    createdAtMs: nowMs,
  })
  const movedCount = images.filter(({ part }, place) => part !== parts[place]).length
  return { previousSplitId: split.id, movedCount }
}
