/** What the source of a dataset has now, held to the dataset's version: only what is new, or has another size or time, is read. */
import type { Problem } from '../../contract/entities/dataset'
import { datasetDifferences, type Difference } from '../../domain/dataset-differences'
import { labelFinder } from '../../domain/labels/find-label'
import { identityOf, type LabelLog } from '../../domain/labels/label-log'
import { WorkbenchError } from '../../contract/errors'
import { problemList } from '../sources/problem-list'
import { openSource } from '../sources/sources'
import type { DatasetSource, SourceAddress } from '../sources/source'
import type { StoredImage } from '../store/datasets/stored-images'
import type { TaskWork } from '../tasks/tasks'
import { readImage, type FileReading, type ImageFacts } from './read-image'
import { readImages, type ReadImagesOptions } from './read-images'
import { sameContents } from '../sources/same-content'
import { listed, refuseUseless } from './scan-checks'
import { soundBoxes } from './sound-boxes'

/** An image as the source has it now. */
export interface FoundImage extends ImageFacts {
  readonly key: string
  readonly className: string
  readonly folderPart: StoredImage['folderPart']
  readonly linkTarget: StoredImage['linkTarget']
  readonly boxes: StoredImage['boxes']
}

export interface Rescan {
  readonly images: readonly FoundImage[]
  readonly problems: readonly Problem[]
  /** Of `stored` and `images`. */
  readonly differences: readonly Difference[]
  /** Why an image counts as gone though its file is there, a sentence, by its key. */
  readonly unusable: ReadonlyMap<string, string>
  /** Files with another time and the content that they had. */
  readonly touched: readonly { readonly id: number; readonly modifiedMs: number }[]
  /** Throws 'dataset-empty', 'dataset-one-class' where a version of it could not be trained. */
  refuseUseless(): void
}

const progressEvery = 64

/**
 * `labels`: corrections stand above what the source says. `waiting`: images that wait for a label, by `identityOf`, and are in no version until then. Throws 'images-missing' where the source has gone, 'cancelled', and what listing it throws.
 */
export async function rescanDataset(
  address: SourceAddress,
  stored: readonly StoredImage[],
  labels: LabelLog['states'],
  waiting: ReadonlySet<string>,
  { signal, progress }: TaskWork,
  threadPath: string | null = null,
): Promise<Rescan> {
  const source = openSource(address)
  const stopIfCancelled = (): void => {
    if (signal.aborted) throw new WorkbenchError('cancelled', 'The check was cancelled. Nothing was changed.')
  }
  await refuseMissing(source, stored.length)
  const problems = problemList()
  const refuse = (): Promise<void> => refuseMissing(source, stored.length)
  const onProgress = (count: number): void => {
    stopIfCancelled()
    if (count % progressEvery === 0) progress({ phase: 'Finding images', done: count, total: null })
  }
  const listing = await listed(source, { problems, onProgress }, refuse)
  const { keys } = listing
  const storedOf = new Map(stored.map((image) => [image.key, image]))
  const known = keys.flatMap((key) => storedOf.get(key) ?? [])
  const suspects = await otherFacts(source, known, { signal, progress })
  const times = await sameContents(source, suspects, {
    stopped: () => signal.aborted,
    onProgress: (done) => progress({ phase: 'Comparing contents', done, total: suspects.length }),
  })
  stopIfCancelled()
  const touched = suspects.flatMap(({ id }, index) => {
    const modifiedMs = times?.[index] ?? null
    return modifiedMs === null ? [] : [{ id, modifiedMs }]
  })
  const changed = new Set(
    suspects.filter((_, index) => (times?.[index] ?? null) === null).map(({ key }) => key),
  )
  const toRead = keys.flatMap((key, index) => (!storedOf.has(key) || changed.has(key) ? [index] : []))
  const readings = await readAll(source, keys, toRead, { threadPath, signal, stopIfCancelled }, progress)
  // It went while it was looked at: what could not be read since is not gone from it.
  await refuse()
  const unusable = new Map<string, string>()
  for (const [index, { fault, facts }] of readings) {
    const key = keys[index] ?? ''
    if (fault !== null) problems.add(fault.severity, fault.code, key, fault.message)
    if (fault !== null && facts === null) unusable.set(key, fault.message)
  }
  const factsOf = (index: number): ImageFacts | null => {
    const reading = readings.get(index)
    return reading === undefined ? (storedOf.get(keys[index] ?? '') ?? null) : reading.facts
  }
  const placed = listing.place(
    {
      isImage: (index) => readings.get(index)?.isImage ?? true,
      isUsable: (index) => factsOf(index) !== null,
    },
    problems,
  )
  const keysNow = new Set(keys)
  const labelOf = labelFinder(labels, ({ key }) => keysNow.has(key))
  const images = placed.flatMap(({ index, part, className }): FoundImage[] => {
    const facts = factsOf(index)
    const key = keys[index] ?? ''
    if (facts === null) return []
    const label = labelOf({ key, contentHash: facts.contentHash })
    if (label?.excluded === true) {
      unusable.set(key, 'It was excluded.')
      return []
    }
    if (
      waiting.has(identityOf({ key, contentHash: facts.contentHash })) &&
      (label?.className ?? null) === null
    )
      return []
    const linkTarget = listing.links.get(key) ?? null
    const boxes = soundBoxes(listing, index, facts, problems)
    return [{ ...facts, key, linkTarget, className: label?.className ?? className, folderPart: part, boxes }]
  })
  return {
    images,
    problems: problems.read(),
    differences: datasetDifferences(stored, images),
    unusable,
    touched,
    refuseUseless: () =>
      refuseUseless(source, listing, [...new Set(images.map(({ className }) => className))], problems),
  }
}

/** Throws 'images-missing'. */
async function refuseMissing({ words, problem }: DatasetSource, imageCount: number): Promise<void> {
  const found = await problem()
  if (found === null) return
  throw new WorkbenchError(
    'images-missing',
    `${words.subject} cannot be read. ${found.reason} All ${imageCount.toLocaleString('en')} images of this dataset are in it. Nothing was changed.`,
    `${words.bringBack}, then check again. If the images are at another place now, locate them there.`,
  )
}

/** Those whose file has another size or time, or cannot be looked at. */
async function otherFacts(
  source: DatasetSource,
  known: readonly StoredImage[],
  { signal, progress }: TaskWork,
): Promise<StoredImage[]> {
  const checked = await source.check(
    known.map(({ key }) => key),
    {
      facts: {
        byteCounts: known.map(({ byteCount }) => byteCount),
        modifiedMs: known.map(({ modifiedMs }) => modifiedMs),
      },
      stopped: () => signal.aborted,
      onProgress: (done) => progress({ phase: 'Comparing files', done, total: known.length }),
    },
  )
  if (checked === null) return []
  const others = new Set([...checked.changed, ...checked.missing.keys()])
  return known.filter((_, index) => others.has(index))
}

/** As an import reads them; faulty ones again, one at a time: only then does the decoder say for certain what is wrong. */
async function readAll(
  source: DatasetSource,
  keys: readonly string[],
  indices: readonly number[],
  options: Omit<ReadImagesOptions, 'onReading'>,
  progress: TaskWork['progress'],
): Promise<Map<number, FileReading>> {
  const readings = new Map<number, FileReading>()
  let done = 0
  await readImages(source, keys, indices, {
    ...options,
    onReading(index, reading) {
      readings.set(index, reading)
      progress({ phase: 'Reading new and changed images', done: ++done, total: indices.length })
    },
  })
  for (const [index, { isImage, fault }] of readings) {
    if (!isImage || fault === null) continue
    options.stopIfCancelled()
    readings.set(index, await readImage(source, keys[index] ?? ''))
  }
  return readings
}
