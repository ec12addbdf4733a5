/** Takes in a rating's file: a new rating, or answers to one that is here. The same file twice is once. */
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { controlCount } from '../../domain/raters/sitting'
import { openToRead } from '../files/open-to-read'
import { readError } from '../files/read-error'
import { addAnswers, type RatingAnswer } from '../store/labels/rating-answers'
import {
  datasetOfRating,
  getRatingRow,
  imageIdOf,
  insertRating,
  placeRating,
  putCopy,
  ratingKey,
  ratingOfKey,
  type RatingImage,
} from '../store/labels/ratings'
import { inTransaction, type Db } from '../store/statement'
import type { TaskWork } from '../tasks/tasks'
import {
  answerLineSchema,
  endLineSchema,
  fileHead,
  fileVersion,
  headLineSchema,
  imageLineSchema,
  mimeOf,
  mostAnswers,
  mostLineBytes,
  type HeadLine,
} from './rating-file'

export interface TakenIn {
  readonly ratingId: number
  readonly isNew: boolean
  /** Answers that were not here, and that were. */
  readonly added: number
  readonly known: number
  readonly raters: readonly string[]
}

interface Content {
  readonly head: HeadLine
  readonly images: readonly RatingImage[]
  /** SHA-256 of the copy of each image that has one, by position. */
  readonly copies: ReadonlyMap<number, string>
  readonly answers: readonly RatingAnswer[]
}

const readBytes = 1_048_576
/** Lines between two pauses. */
const linesAtOnce = 500

/** Reads all of it before anything is kept. Throws 'path-not-readable', 'bad-input' where it is no such file, is damaged, or of a newer workbench. */
export async function importRating(db: Db, path: string, task: TaskWork): Promise<TakenIn> {
  const content = await readContent(path, task)
  const { head, images, answers } = content
  const known = ratingOfKey(db, head.key)
  const taken = inTransaction(db, () => {
    const frozen = { createdAtMs: head.createdAtMs, spec: head.spec, images }
    const ratingId =
      known ??
      insertRating(db, { name: typedName(head.name, 'rating'), datasetId: null, runId: null }, frozen)
    return { ratingId, added: addAnswers(db, ratingId, answers) }
  })
  if (getRatingRow(db, taken.ratingId).datasetId === null) {
    const datasetId = datasetOfRating(db, taken.ratingId)
    if (datasetId !== null) placeRating(db, taken.ratingId, datasetId)
  }
  await keepCopies(db, path, taken.ratingId, content, task)
  return {
    ...taken,
    isNew: known === null,
    known: answers.length - taken.added,
    raters: [...new Set(answers.map(({ rater }) => rater))],
  }
}

async function readContent(path: string, { signal, progress }: TaskWork): Promise<Content> {
  const hash = createHash('sha256')
  const images: RatingImage[] = []
  const copies = new Map<number, string>()
  const answers: RatingAnswer[] = []
  let head: HeadLine | null = null
  let isEnded = false
  let number = 0
  for await (const bytes of linesOf(path)) {
    number++
    const refuse = (reason: string): WorkbenchError => refused(path, `${reason} (line ${number})`)
    if (isEnded) throw refuse('something follows its end')
    if (head === null) {
      head = readHead(path, bytes)
    } else if (images.length < head.imageCount) {
      const { image, copy } = parsed(imageLineSchema, bytes, refuse, 'an image')
      if (copy !== undefined) {
        const content = Buffer.from(copy.base64, 'base64')
        if (mimeOf(content) !== copy.mime)
          throw refuse('the copy of an image is of another format than it says')
        copies.set(images.length, createHash('sha256').update(content).digest('hex'))
      }
      images.push(image)
    } else {
      const text = bytes.toString('utf8')
      if (text.startsWith('{"end":')) {
        const { end } = parsed(endLineSchema, bytes, refuse, 'its end')
        if (end.lines !== number - 1 || end.sha256 !== hash.digest('hex'))
          throw refused(path, 'it is damaged: its content is not what was written')
        isEnded = true
        continue
      }
      answers.push(readAnswer(bytes, head, refuse))
      if (answers.length > mostAnswers) throw refuse('it has too many answers')
    }
    hash.update(bytes).update('\n')
    if (number % linesAtOnce === 0) {
      signal.throwIfAborted()
      progress({ phase: 'Reading the file', done: number, total: null })
      await nextTurn()
    }
  }
  if (head === null) throw refused(path, 'it is empty')
  if (!isEnded) throw refused(path, 'it is incomplete: its end is missing')
  if (ratingKey({ createdAtMs: head.createdAtMs, spec: head.spec, images }) !== head.key)
    throw refused(path, 'its images are not those of its rating')
  return { head, images, copies, answers }
}

function readHead(path: string, bytes: Buffer): HeadLine {
  if (!bytes.toString('latin1', 0, 64).startsWith(fileHead)) throw refused(path, 'it is another kind of file')
  const refuse = (reason: string): WorkbenchError => refused(path, reason)
  const version: unknown = (json(bytes, refuse) as { bitwRating?: unknown }).bitwRating
  if (typeof version === 'number' && version > fileVersion)
    throw new WorkbenchError(
      'bad-input',
      `${path} was written by a newer BiT Workbench.`,
      'Open it with that, or update this one. Nothing was changed.',
    )
  return parsed(headLineSchema, bytes, refuse, 'what is frozen')
}

function readAnswer(bytes: Buffer, head: HeadLine, refuse: (reason: string) => WorkbenchError): RatingAnswer {
  const { answer } = parsed(answerLineSchema, bytes, refuse, 'an answer')
  if (answer.position >= head.imageCount)
    throw refuse('an answer is of an image that the rating does not have')
  if (answer.isControl && controlCount(head.imageCount, head.spec.controls) === 0)
    throw refuse('an answer is of a repetition, and the rating has none')
  if (typedName(answer.rater, 'rater') !== answer.rater)
    throw refuse('the name of a rater begins or ends with a space')
  return answer
}

/** Once more through the file, for the copies of images that no dataset here has: they are too many to be held. */
async function keepCopies(
  db: Db,
  path: string,
  ratingId: number,
  { head, images, copies }: Content,
  { signal, progress }: TaskWork,
): Promise<void> {
  const { datasetId } = getRatingRow(db, ratingId)
  const wanted = new Set(
    [...copies.keys()].filter((position) => {
      const image = images[position]
      return image !== undefined && imageIdOf(db, datasetId, image) === null
    }),
  )
  if (wanted.size === 0) return
  let number = 0
  for await (const bytes of linesOf(path)) {
    const position = number++ - 1
    if (position >= head.imageCount) return
    if (!wanted.has(position)) continue
    const { copy } = parsed(imageLineSchema, bytes, (reason) => refused(path, reason), 'an image')
    const content = Buffer.from(copy?.base64 ?? '', 'base64')
    // Somebody may have written to the file meanwhile.
    if (copy === undefined || createHash('sha256').update(content).digest('hex') !== copies.get(position))
      continue
    inTransaction(db, () => putCopy(db, ratingId, position, { mime: copy.mime, bytes: content }))
    signal.throwIfAborted()
    progress({ phase: 'Keeping images', done: position + 1, total: head.imageCount })
    await nextTurn()
  }
}

/** Without their ends. Throws where one is longer than any that is written. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  const handle = await openToRead(path).catch((thrown: unknown) => {
    throw readError(path, thrown)
  })
  try {
    let parts: Buffer[] = []
    let length = 0
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(readBytes), 0, readBytes, null)
      if (bytesRead === 0) break
      let from = 0
      for (;;) {
        const end = buffer.indexOf(10, from)
        const isWhole = end >= 0 && end < bytesRead
        const part = buffer.subarray(from, isWhole ? end : bytesRead)
        parts.push(part)
        length += part.length
        if (length > mostLineBytes) throw refused(path, 'one of its lines is too long')
        if (!isWhole) break
        yield Buffer.concat(parts)
        parts = []
        length = 0
        from = end + 1
      }
    }
    if (length > 0) yield Buffer.concat(parts)
  } finally {
    await handle.close()
  }
}

function parsed<T>(
  schema: z.ZodType<T>,
  bytes: Buffer,
  refuse: (reason: string) => WorkbenchError,
  what: string,
): T {
  const checked = schema.safeParse(json(bytes, refuse))
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw refuse(
    `${what} is not as it should be: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`,
  )
}

function json(bytes: Buffer, refuse: (reason: string) => WorkbenchError): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return value ?? {}
  } catch {
    throw refuse('a line is no JSON')
  }
}

function refused(path: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `${path} cannot be taken in as a rating: ${reason}.`,
    'Choose a file that "bitw rate export" or the Ratings screen wrote. Nothing was changed.',
  )
}
