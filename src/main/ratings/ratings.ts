/** Ratings: what people say of predictions and labels. */
import { typedName } from '../../domain/names'
import type { DomainHandlers } from '../app/handlers'
import type { ServiceContext } from '../app/context'
import type { Columns } from '../columns/columns'
import { copyOf, deleteRating, getRatingRow, listRatingRows } from '../store/ratings'
import { judgedImages, ratingOf, withImageId } from './judged'
import { outcomeOf } from './outcome'
import { createSittings } from './sit'
import { startRating } from './start-rating'

export function ratingsHandlers(context: ServiceContext, columns: Columns): DomainHandlers<'ratings'> {
  const { db, clock, emit } = context
  const sittings = createSittings(db, clock)
  const changed = (ratingId: number): void => emit({ type: 'ratings-changed', ratingId })

  return {
    'ratings.list': async ({ runId }) => listRatingRows(db, runId).map((row) => ratingOf(db, row)),
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
    'ratings.copy': async ({ id, position }) => {
      const copy = copyOf(db, id, position)
      return copy === null ? null : { mime: copy.mime, base64: Buffer.from(copy.bytes).toString('base64') }
    },
    'ratings.classNames': async ({ id }) => getRatingRow(db, id).spec.classNames,
    'ratings.outcome': async ({ id }) => outcomeOf(db, id),
    'ratings.judged': async ({ id, verdict, offset, limit }) => {
      const rating = getRatingRow(db, id)
      const wanted = judgedImages(db, id).filter(
        ({ image, verdict: said }) =>
          verdict === undefined ||
          (image.prediction !== image.label && said === (verdict === 'none' ? null : verdict)),
      )
      return {
        total: wanted.length,
        images: wanted.slice(offset, offset + limit).map((one) => withImageId(db, rating, one)),
      }
    },
  }
}
