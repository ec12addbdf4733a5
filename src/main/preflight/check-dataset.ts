/** The check of a dataset: its images are measured, each content once for all checks; then those that show the same are found. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import { hashWords } from '../../domain/duplicates/difference-hash'
import { inTurns } from '../../domain/in-turns'
import { contentGroups } from '../../domain/duplicates/duplicate-groups'
import { findPairs, type Pair } from '../../domain/duplicates/find-pairs'
import { flatContrast } from '../../domain/preflight/image-faults'
import type { ServiceContext } from '../app/context'
import { defaultDecodeCount, eachAtMost } from '../images/decode-queue'
import type { DatasetSource } from '../sources/source'
import { openSource } from '../sources/sources'
import { datasetSource, getDataset } from '../store/datasets/datasets'
import {
  contentHashesOf,
  greyThumbnail,
  measuredContents,
  putPixelFacts,
  type MeasuredContent,
} from '../store/datasets/pixel-facts'
import { putCheck, sameLikenessOf } from '../store/datasets/preflight'
import { readingStored, type StoredImage } from '../store/datasets/stored-images'
import { createPace, type Pace } from '../tasks/pace'
import type { TaskWork } from '../tasks/tasks'
import { measureImage } from './measure-image'

/** So many are kept in one transaction. */
const savedAtOnce = 256

/** Throws 'not-found', 'images-missing' where the source has gone before all was looked at, and the reason of `task.signal`. */
export async function checkDataset(
  context: ServiceContext,
  datasetId: number,
  task: TaskWork,
  isTraining: () => boolean,
): Promise<void> {
  const { db } = context
  const { split } = getDataset(db, datasetId)
  const images = await inTurns(readingStored(db, datasetId), nextTurn)
  const pace = createPace(isTraining, task.signal)
  const unreadCount = await measureAll(context, datasetId, images, task, pace)
  const contents = [...new Set(images.map(({ contentHash }) => contentHash))]
  const pairs = await pairsOf(context, datasetId, contents, task, pace)
  const groups = contentGroups(contents.length, pairs, sameLikenessOf(db, datasetId))
  const hashOf = (place: number): string => contents[place] ?? ''
  putCheck(
    db,
    datasetId,
    { splitId: split.id, checkedAtMs: context.clock(), unreadCount },
    groups.map(({ kind, contents: places }) => ({
      kind,
      contentHashes: places.map(hashOf),
    })),
    pairs.map(({ one, other, likeness }) => ({ one: hashOf(one), other: hashOf(other), likeness })),
  )
}

/** Returns how many images could not be read, or have another content now. */
async function measureAll(
  { db }: ServiceContext,
  datasetId: number,
  images: readonly StoredImage[],
  task: TaskWork,
  pace: Pace,
): Promise<number> {
  const source = sourceOf(db, datasetId, images)
  const known = measuredContents(db, datasetId)
  const wanted = new Map<string, StoredImage>()
  for (const image of images) if (!known.has(image.contentHash)) wanted.set(image.contentHash, image)
  const left = [...wanted.values()]
  if (left.length > 0) await refuseGone(source, left.length)
  const waiting: MeasuredContent[] = []
  const save = (): void => putPixelFacts(db, datasetId, waiting.splice(0))
  const unread = new Set<string>()
  let done = 0
  try {
    await eachAtMost(left.length, defaultDecodeCount, async (index) => {
      const image = left[index]
      if (image === undefined) return
      const beganMs = performance.now()
      const facts = await measureImage(source, image.key, image.contentHash).catch(() => null)
      if (facts === null) unread.add(image.contentHash)
      else waiting.push({ contentHash: image.contentHash, facts })
      if (waiting.length >= savedAtOnce) save()
      task.progress({
        phase: 'Looking at images',
        done: ++done,
        total: left.length,
        note: noteOf(unread.size),
      })
      await pace.after(performance.now() - beganMs)
    })
  } finally {
    save() // what is measured need not be measured again
  }
  if (unread.size > 0) await refuseGone(source, unread.size)
  return images.filter(({ contentHash }) => unread.has(contentHash)).length
}

/** What the last check found stays. */
async function refuseGone({ words, problem }: DatasetSource, count: number): Promise<void> {
  const found = await problem()
  if (found === null) return
  throw new WorkbenchError(
    'images-missing',
    `${words.subject} cannot be read. ${found.reason} Of ${formatCount(count)} images it is not known yet what they show.`,
    `${words.bringBack}, then check again. If the images are at another place now, locate them there first.`,
  )
}

function sourceOf(db: ServiceContext['db'], datasetId: number, images: readonly StoredImage[]) {
  const links = images.flatMap(({ key, linkTarget }) =>
    linkTarget === null ? [] : [[key, linkTarget] as const],
  )
  return openSource({ ...datasetSource(db, datasetId), ...(links.length > 0 && { links }) })
}

function noteOf(unreadCount: number): string {
  return unreadCount === 0 ? '' : `${String(unreadCount)} that cannot be read`
}

/** Of contents by their places. */
async function pairsOf(
  { db }: ServiceContext,
  datasetId: number,
  contents: readonly string[],
  task: TaskWork,
  pace: Pace,
): Promise<Pair[]> {
  const columns = [0, 1, 2].map(() => new Uint16Array(contents.length * hashWords))
  const flat = new Uint8Array(contents.length)
  for (const [place, content] of contents.entries()) {
    const found = contentHashesOf(db, datasetId, content)
    flat[place] = found === null || found.contrast < flatContrast ? 1 : 0
    columns.forEach((column, kind) => {
      if (found !== null)
        column.set(found.hashes.subarray(kind * hashWords, (kind + 1) * hashWords), place * hashWords)
    })
    await pace.between()
  }
  const [upright, mirrored, cut] = columns
  if (upright === undefined || mirrored === undefined || cut === undefined) return []
  const search = findPairs({
    upright,
    mirrored,
    cut,
    greyOf: (place) => greyThumbnail(db, datasetId, contents[place] ?? ''),
    isFlat: (place) => flat[place] === 1,
  })
  for (;;) {
    const step = search.next()
    if (step.done === true) return step.value
    task.progress({ phase: 'Comparing images', done: step.value, total: contents.length })
    await pace.between()
  }
}
