/** The images of a dataset divided anew, by chance or as someone says; runs keep the split that they used. */
import type { SplitOptions, SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import type { InTurns } from '../../../domain/in-turns'
import { assigningSplit } from '../../../domain/split'
import { splitGroups, type KeptTogether } from '../../../domain/split-groups'
import { getDataset } from './datasets'
import { makingVersion } from './new-version'
import { getCheck, storedGroups } from './preflight'
import type { Db } from '../statement'
import { readingStored } from './stored-images'

/**
 * The same division again is the same split. Throws 'unsupported' where the dataset decides all three parts, 'bad-input' where what is to be kept together is
 * not known or is too much, 'busy' where it got another version meanwhile, 'not-found'.
 */
export function* makingSplit(
  db: Db,
  datasetId: number,
  options: SplitOptions,
  nowMs: number,
  together: KeptTogether = 'copies',
): InTurns<void> {
  const { name, split, classes } = getDataset(db, datasetId)
  if (split.origin === 'folders') {
    throw new WorkbenchError(
      'unsupported',
      'The dataset sets its split itself: it says of each image whether it trains, validates or tests.',
      'Change that where the images are, and import the dataset again.',
    )
  }
  if (together === 'alike' && getCheck(db, datasetId) === null) {
    throw new WorkbenchError(
      'bad-input',
      `Which images of "${name}" are alike is not known yet.`,
      'Check the dataset first.',
    )
  }
  const images = yield* readingStored(db, datasetId)
  const groups = splitGroups(images, together, together === 'alike' ? storedGroups(db, datasetId) : [])
  yield
  const assigned = yield* assigningSplit(
    images.map(({ classIndex, folderPart }, place) => ({
      ...{ classIndex, folderPart, contentHash: groups[place] ?? '' },
    })),
    options,
  )
  if (together !== 'copies') refuseEmptyPart(name, assigned.parts, options)
  yield* makingVersion(db, {
    base: { datasetId, splitId: split.id },
    classNames: classes.map((one) => one.name),
    images,
    rowIds: images.map(({ id }) => id),
    split: { ...assigned, options },
    problems: null,
    counts: null,
    createdAtMs: nowMs,
  })
}

function refuseEmptyPart(
  name: string,
  parts: readonly SplitPart[],
  { valFraction, testFraction }: SplitOptions,
): void {
  const found = new Set(parts)
  const wanted: readonly SplitPart[] = [
    'train',
    ...(valFraction > 0 ? (['val'] as const) : []),
    ...(testFraction > 0 ? (['test'] as const) : []),
  ]
  const empty = wanted.find((part) => !found.has(part))
  if (empty === undefined) return
  throw new WorkbenchError(
    'bad-input',
    `So much of "${name}" would be kept together that no image is left for ${empty}.`,
    'Keep less together: a class needs several folders or groups to be divided.',
  )
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
