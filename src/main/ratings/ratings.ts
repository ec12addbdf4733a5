/** Ratings: what people say of predictions and labels. */
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import type { DomainHandlers } from '../app/handlers'
import { userName } from '../app/user-name'
import { wholePath } from '../app/whole-path'
import type { ServiceContext } from '../app/context'
import type { Columns } from '../columns/columns'
import { copyOf, deleteRating, getRatingRow, listRatingRows } from '../store/labels/ratings'
import { addLabelEvents } from '../store/labels/label-events'
import { contentAndClass } from '../store/labels/label-images'
import { verdictsOfDataset } from '../store/labels/verdicts'
import { exportRating, type ShowImage } from './export-rating'
import { importRating, type TakenIn } from './import-rating'
import { correctionsOf } from './corrections'
import { judgedOfKind } from './judged-kind'
import { raterFigures, ratingOf, withImageId } from './judged'
import { outcomeOf } from './outcome'
import { createSittings } from './sit'
import { startRating } from './start-rating'
import { writeWall } from './write-wall'

export function ratingsHandlers(
  context: ServiceContext,
  columns: Columns,
  show: ShowImage,
  labels: DomainHandlers<'labels'>,
): DomainHandlers<'ratings'> {
  const { db, clock, emit, ordered, tasks } = context
  const sittings = createSittings(db, clock)
  const changed = (ratingId: number): void => emit({ type: 'ratings-changed', ratingId })

  return {
    ...ratingsReading(context),
    'ratings.get': async ({ id }) => ratingOf(db, getRatingRow(db, id)),
    'ratings.start': async (asked) => {
      const name = asked.name.trim() === '' ? '' : typedName(asked.name, 'rating')
      const id = await startRating(db, columns, clock(), { ...asked, name })
      changed(id)
      return ratingOf(db, getRatingRow(db, id))
    },
    'ratings.delete': async ({ id }) => {
      deleteRating(db, id)
      changed(id)
      return {}
    },
    'ratings.slot': async ({ id, rater, at }) => sittings.slot(id, typedName(rater, 'rater'), at),
    'ratings.answer': async ({ id, rater, at, ...given }) => {
      const slot = sittings.answer(id, typedName(rater, 'rater'), at, given)
      changed(id)
      return slot
    },
    'ratings.judge': async ({ imageId, prediction, label, answer }) => {
      const image = contentAndClass(db, imageId)
      if (image === null)
        throw new WorkbenchError('not-found', `There is no image ${imageId}.`, 'Choose another image.')
      const { datasetId } = image
      return await ordered(datasetId, async () => {
        const change = { kind: 'verdict' as const, prediction, answer: answer ?? ('' as const) }
        const writer = { atMs: clock(), byWhom: userName() }
        addLabelEvents(db, datasetId, writer, [{ imageId, change, fromClass: label }])
        const summary = await labels['labels.summary']({ datasetId })
        emit({ type: 'labels-changed', summary })
        emit({ type: 'ratings-changed', ratingId: null })
        return { summary }
      })
    },
    'ratings.copy': async ({ id, position }) => {
      const copy = copyOf(db, id, position)
      return copy === null ? null : { mime: copy.mime, base64: Buffer.from(copy.bytes).toString('base64') }
    },
    'ratings.export': async ({ id, rater, path, withImages }) => {
      const { name } = getRatingRow(db, id)
      const target = wholePath(path)
      const taskId = tasks.start('rating', `Write the rating ${name}`, async (task) => {
        await exportRating(db, show, { ratingId: id, rater, path: target, withImages }, task)
        return id
      })
      return { taskId }
    },
    'ratings.import': async ({ path }) => {
      const source = wholePath(path)
      const taskId = tasks.start('rating', `Take in ${basename(source)}`, async (task) => {
        const taken = await importRating(db, source, task)
        task.progress({ phase: 'Done', done: 1, total: 1, note: takenWords(taken) })
        changed(taken.ratingId)
        return taken.ratingId
      })
      return { taskId }
    },
    'ratings.wall': async (request) => {
      const path = wholePath(request.path)
      const taskId = tasks.start('rating', `Write the wall ${basename(path)}`, async (task) => {
        const count = await writeWall(db, columns, show, { ...request, path }, task)
        task.progress({ phase: 'Done', done: count, total: count, note: `${count} images in ${path}` })
        return null
      })
      return { taskId }
    },
    'ratings.classNames': async ({ id }) => getRatingRow(db, id).spec.classNames,
    'ratings.correct': async ({ id }) => {
      const { datasetId } = getRatingRow(db, id)
      if (datasetId === null)
        throw new WorkbenchError(
          'not-found',
          'This home has no dataset with the images of the rating.',
          'Import the dataset, then take the rating in again.',
        )
      return await ordered(datasetId, async () => {
        const events = await correctionsOf(db, id)
        const writer = { atMs: clock(), byWhom: ratersOf(raterFigures(db, getRatingRow(db, id))) }
        if (events.length > 0) addLabelEvents(db, datasetId, writer, events)
        const summary = await labels['labels.summary']({ datasetId })
        emit({ type: 'labels-changed', summary })
        return { changed: events.length, summary }
      })
    },
    'ratings.judged': async ({ id, verdict, offset, limit }) => {
      const rating = getRatingRow(db, id)
      const wanted = await judgedOfKind(db, id, verdict)
      return {
        total: wanted.length,
        images: wanted.slice(offset, offset + limit).map((one) => withImageId(db, rating, one)),
      }
    },
  }
}

/** Those that only look. */
export function ratingsReading({
  db,
}: Pick<ServiceContext, 'db'>): Pick<
  DomainHandlers<'ratings'>,
  'ratings.list' | 'ratings.outcome' | 'ratings.verdicts'
> {
  return {
    'ratings.list': async ({ runId }) => listRatingRows(db, runId).map((row) => ratingOf(db, row)),
    'ratings.outcome': async ({ id }) => outcomeOf(db, id),
    'ratings.verdicts': async ({ datasetId }) => verdictsOfDataset(db, datasetId, nextTurn, userName()),
  }
}

/** Who said it, for the log of labels. */
function ratersOf(raters: readonly { readonly name: string }[]): string {
  return `raters: ${raters.map(({ name }) => name).join(', ')}`.slice(0, 200)
}

function takenWords({ isNew, added, known, raters }: TakenIn): string {
  const answers = (count: number): string => `${count} ${count === 1 ? 'answer' : 'answers'}`
  const of = raters.length === 0 ? '' : ` of ${raters.join(', ')}`
  const start = isNew ? 'A new rating' : 'A rating that was here'
  if (added + known === 0) return `${start}, without answers.`
  return `${start}: ${answers(added)} more${of}${known === 0 ? '' : `, ${answers(known)} known already`}.`
}
