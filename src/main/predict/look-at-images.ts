/** The course of a task that sends images through a model: found, looked at, with progress. */
import { WorkbenchError } from '../../contract/errors'
import { findImages, type FoundImages } from '../datasets/find-images'
import { readableFormats } from '../images/image-format'
import type { ImageAnswer, ImageRequest } from '../protocol/messages'
import type { PredictModel } from './predict-model'
import type { PredictorHost } from './predictor-host'
import type { TaskWork } from '../tasks/tasks'

/** Throws 'not-found' where there is no image, 'cancelled', 'path-not-readable'. */
export async function searchImages(task: TaskWork, given: readonly string[]): Promise<FoundImages> {
  const phase = 'Finding images'
  task.progress({ phase, done: 0, total: null })
  const found = await findImages(given, {
    signal: task.signal,
    onProgress: (done) => task.progress({ phase, done, total: null }),
  })
  if (found.paths.length > 0) return found
  const [first = ''] = given
  const where = given.length === 1 ? first : `${first} and ${given.length - 1} more`
  throw new WorkbenchError(
    'not-found',
    `There are no images in ${where}.`,
    `${readableFormats} can be read; hidden files are left out.`,
  )
}

export interface Looking {
  readonly model: PredictModel
  readonly cropPx: number
  readonly want: ImageRequest['want']
  onAnswers(answers: readonly ImageAnswer[]): void
}

/** Resolves to how many could be read; the task's note says what could not, and what was left out. */
export async function lookAtImages(
  host: PredictorHost,
  task: TaskWork,
  { paths, otherCount }: FoundImages,
  { onAnswers, ...looking }: Looking,
): Promise<number> {
  const total = paths.length
  let done = 0
  let unreadCount = 0
  await host.run({
    ...looking,
    paths,
    signal: task.signal,
    onPhase: (phase) => task.progress({ phase, done: 0, total: null }),
    onAnswers: (answers) => {
      onAnswers(answers)
      done += answers.length
      unreadCount += answers.filter(({ problem }) => problem !== null).length
      task.progress({ phase: 'Classifying images', done, total, note: noteOf(unreadCount, otherCount) })
    },
  })
  return total - unreadCount
}

function noteOf(unreadCount: number, otherCount: number): string {
  const unread = unreadCount === 0 ? '' : `${unreadCount} cannot be read`
  const other = otherCount === 0 ? '' : `${otherCount} other ${otherCount === 1 ? 'file' : 'files'} left out`
  return [unread, other].filter((part) => part !== '').join(', ')
}
