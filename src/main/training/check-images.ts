/** Before a run starts or goes on: are its images still there? By their files' facts, which takes seconds for 100,000. */
import { splitParts, type SplitPart } from '../../contract/entities/dataset'
import { unreadableLead, type LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import type { FileCheck } from '../images/file-check'
import { tooManyMissing } from '../images/missing-rule'
import { imagesMissing, namedAtMost, partWords, restText, sourceMissing } from '../images/missing-words'
import { openSource } from '../sources/sources'
import { jobImages } from '../store/datasets'
import { splitFiles } from '../store/images'
import { insertLog } from '../store/metrics'
import { updateRun } from '../store/runs'
import { inTransaction } from '../store/statement'
import { insertUnreadable } from '../store/unreadable-images'
import type { ServiceContext } from '../app/context'
import type { TaskWork } from '../tasks/tasks'

export interface CheckedImages {
  /** Few enough to go on without them. */
  readonly missing: readonly FoundImage[]
  /** There, with another size or time than at the import. */
  readonly changed: readonly Omit<FoundImage, 'reason'>[]
  /** What to do where those are not as they were meant to be. */
  readonly importAgain: string
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
    if (checked === null) {
      throw new WorkbenchError('cancelled', 'The image check was cancelled. The run was not started.')
    }
    found.set(part, checked)
    before += images[part].ids.length
  }
  const refused = tooManyMissing(images, (part, index) => found.get(part)?.missing.has(index) === true)
  if (refused !== null) throw imagesMissing(refused, source.words, classNames, 'before')
  const imageAt = (part: SplitPart, index: number) => ({
    imageId: images[part].ids[index] ?? 0,
    key: images[part].keys[index] ?? '',
    part,
  })
  return {
    importAgain: source.words.importAgain,
    missing: [...found].flatMap(([part, { missing }]) =>
      [...missing].map(([index, why]) => ({ ...imageAt(part, index), reason: why })),
    ),
    changed: [...found].flatMap(([part, { changed }]) => changed.map((index) => imageAt(part, index))),
  }
}

/** Keeps with the run, whose row exists, what was found. The missing ones count for nothing from `fromPosition` on. */
export function recordImages(
  { db, clock, emit }: Pick<ServiceContext, 'db' | 'clock' | 'emit'>,
  runId: number,
  { missing, changed, importAgain }: CheckedImages,
  fromPosition: number,
): void {
  const lines: LogLine[] = []
  const warn = (text: string): void => {
    const line = { atMs: clock(), kind: 'warn', text } as const
    insertLog(db, runId, line)
    lines.push(line)
  }
  inTransaction(db, () => {
    updateRun(db, runId, { changedCount: changed.length })
    insertUnreadable(
      db,
      runId,
      missing.map(({ imageId, reason }) => ({ imageId, fromPosition, reason })),
    )
    for (const { key, part, reason } of missing.slice(0, namedAtMost))
      warn(`${unreadableLead}${key} (${partWords[part]}). ${reason}`)
    if (missing.length > namedAtMost) warn(restText(missing.length - namedAtMost, missing.length))
    if (changed.length > 0) warn(changedText(changed, importAgain))
  })
  for (const line of lines) emit({ type: 'run-log', runId, line })
}

function changedText(changed: CheckedImages['changed'], importAgain: string): string {
  const examples = changed.slice(0, exampleCount).map(({ key }) => key)
  const more = changed.length > exampleCount ? ', …' : ''
  const what =
    changed.length === 1
      ? 'One file has changed in size or date since the import and is used as it is now'
      : `${formatCount(changed.length)} files have changed in size or date since the import and are used as they are now`
  return `${what}: ${examples.join(', ')}${more}. If you did not mean to change them, ${importAgain}.`
}
