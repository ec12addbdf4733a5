/** Before a run starts or goes on: are its images still there? By their files' facts, which takes seconds for 100,000. */
import { splitParts, type SplitPart } from '../../contract/entities/dataset'
import { unreadableLead, type LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import type { FileCheck } from '../images/file-check'
import { tooManyMissing } from '../images/missing-rule'
import { imagesMissing, namedAtMost, partWords, restText, sourceMissing } from '../images/missing-words'
import { sameContents } from '../sources/same-content'
import type { JobImages } from '../protocol/messages'
import type { DatasetSource } from '../sources/source'
import { openSource } from '../sources/sources'
import { insertChanged } from '../store/datasets/changed-images'
import { jobImages } from '../store/datasets/datasets'
import { splitFiles } from '../store/datasets/images'
import { insertLog } from '../store/runs/metrics'
import { inTransaction } from '../store/statement'
import { contentHashes, keepFileTimes } from '../store/datasets/stored-images'
import { insertUnreadable } from '../store/datasets/unreadable-images'
import type { ServiceContext } from '../app/context'
import type { TaskWork } from '../tasks/tasks'

export interface CheckedImages {
  /** Few enough to go on without them. */
  readonly missing: readonly FoundImage[]
  /** There, with another content than at the import. */
  readonly changed: readonly Omit<FoundImage, 'reason'>[]
}

interface FoundImage {
  readonly imageId: number
  readonly key: string
  readonly part: SplitPart
  readonly reason: string
}

const exampleCount = 3

/**
 * As a task of the kind 'check', so that clients see how far it is and can cancel it. Throws 'images-missing' where the source has gone, or too
 * many images with it (images/missing-rule.ts), and 'cancelled'.
 */
export function checkImages(
  context: Pick<ServiceContext, 'db' | 'tasks'>,
  splitId: number,
  label: string,
): Promise<CheckedImages> {
  return new Promise((resolve, reject) => {
    context.tasks.start('check', label, async (task) => {
      try {
        resolve(await lookAt(context, splitId, task))
        return null
      } catch (thrown) {
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
        throw thrown
      }
    })
  })
}

async function lookAt(
  { db }: Pick<ServiceContext, 'db'>,
  splitId: number,
  { signal, progress }: TaskWork,
): Promise<CheckedImages> {
  const list = jobImages(db, splitId)
  const files = splitFiles(db, splitId)
  const { images, classNames } = list
  const source = openSource(list.source)
  const total = splitParts.reduce((sum, part) => sum + images[part].ids.length, 0)
  const problem = await source.problem()
  if (problem !== null) throw sourceMissing(source.words, total, problem.reason, 'before')
  const found = new Map<SplitPart, FileCheck>()
  let before = 0
  for (const part of splitParts) {
    const checked = await source.check(images[part].keys, {
      facts: files[part],
      stopped: () => signal.aborted,
      onProgress: (done) => progress({ phase: 'Checking the images', done: before + done, total }),
    })
    if (checked === null) throw cancelled()
    found.set(part, checked)
    before += images[part].ids.length
  }
  const refused = tooManyMissing(images, (part, index) => found.get(part)?.missing.has(index) === true)
  if (refused !== null) throw imagesMissing(refused, source.words, classNames, 'before')
  const changed = await otherContents(db, source, images, found, { signal, progress })
  const imageAt = (part: SplitPart, index: number) => ({
    imageId: images[part].ids[index] ?? 0,
    key: images[part].keys[index] ?? '',
    part,
  })
  return {
    missing: [...found].flatMap(([part, { missing }]) =>
      [...missing].map(([index, why]) => ({ ...imageAt(part, index), reason: why })),
    ),
    changed: changed.map(({ part, index }) => imageAt(part, index)),
  }
}

/** Of files with another size or time those with another content: a copied folder has other times and the same images. */
async function otherContents(
  db: ServiceContext['db'],
  source: DatasetSource,
  images: Readonly<Record<SplitPart, JobImages>>,
  found: ReadonlyMap<SplitPart, FileCheck>,
  { signal, progress }: Pick<TaskWork, 'signal' | 'progress'>,
): Promise<{ part: SplitPart; index: number }[]> {
  const suspects = [...found].flatMap(([part, { changed }]) =>
    changed.map((index) => ({
      part,
      index,
      id: images[part].ids[index] ?? 0,
      key: images[part].keys[index] ?? '',
    })),
  )
  const hashes = contentHashes(
    db,
    suspects.map(({ id }) => id),
  )
  const times = await sameContents(
    source,
    suspects.map(({ key }, place) => ({ key, contentHash: hashes[place] ?? '' })),
    {
      stopped: () => signal.aborted,
      onProgress: (done) => progress({ phase: 'Comparing contents', done, total: suspects.length }),
    },
  )
  if (times === null) throw cancelled()
  keepFileTimes(
    db,
    suspects.flatMap(({ id }, place) => {
      const modifiedMs = times[place] ?? null
      return modifiedMs === null ? [] : [{ id, modifiedMs }]
    }),
  )
  return suspects.filter((_, place) => (times[place] ?? null) === null)
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The image check was cancelled. The run was not started.')
}

/** Keeps with the run, whose row exists, what was found after `fromStep` steps. The missing ones count for nothing from there on. */
export function recordImages(
  { db, clock, emit }: Pick<ServiceContext, 'db' | 'clock' | 'emit'>,
  runId: number,
  { missing, changed }: CheckedImages,
  { fromStep, batchSize }: { readonly fromStep: number; readonly batchSize: number },
): void {
  const fromPosition = fromStep * batchSize
  const lines: LogLine[] = []
  const warn = (text: string): void => {
    const line = { atMs: clock(), kind: 'warn', text } as const
    insertLog(db, runId, line)
    lines.push(line)
  }
  inTransaction(db, () => {
    insertChanged(
      db,
      runId,
      changed.map(({ imageId }) => imageId),
      fromStep,
    )
    insertUnreadable(
      db,
      runId,
      missing.map(({ imageId, reason }) => ({ imageId, fromPosition, reason })),
    )
    for (const { key, part, reason } of missing.slice(0, namedAtMost))
      warn(`${unreadableLead}${key} (${partWords[part]}). ${reason}`)
    if (missing.length > namedAtMost) warn(restText(missing.length - namedAtMost, missing.length))
    if (changed.length > 0) warn(changedText(changed))
  })
  for (const line of lines) emit({ type: 'run-log', runId, line })
}

function changedText(changed: CheckedImages['changed']): string {
  const examples = changed.slice(0, exampleCount).map(({ key }) => key)
  const more = changed.length > exampleCount ? ', …' : ''
  const what =
    changed.length === 1
      ? 'One file has changed since the import and is used as it is now'
      : `${formatCount(changed.length)} files have changed since the import and are used as they are now`
  return `${what}: ${examples.join(', ')}${more}. To see all changes, check the dataset again; to keep them as a version of it, take them in.`
}
