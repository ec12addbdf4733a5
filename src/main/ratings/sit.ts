/** A rater before the images: what is shown at a place of their order, and what they say of it. */
import type { Answer, RatingSlot, SlotChoice } from '../../contract/entities/rating'
import { WorkbenchError } from '../../contract/errors'
import { foldCase } from '../../domain/query/fold-case'
import { sitting, type Slot } from '../../domain/raters/sitting'
import { addAnswers, answersOf, slotNumber, type RatingAnswer } from '../store/labels/rating-answers'
import {
  getRatingRow,
  imageIdOf,
  ratingImage,
  type RatingImage,
  type RatingRow,
} from '../store/labels/ratings'
import type { Db } from '../store/statement'

export interface GivenAnswer {
  /** null takes the answer back. */
  readonly choice: SlotChoice | null
  readonly freeLabel: string
  readonly note: string
}

export interface Sittings {
  /** Throws 'not-found'. */
  slot(ratingId: number, rater: string, at: number): RatingSlot
  /** On disk when this returns. */
  answer(ratingId: number, rater: string, at: number, given: GivenAnswer): RatingSlot
}

/** Orders that are kept: of those who rate now. */
const keptOrders = 16

export function createSittings(db: Db, clock: () => number): Sittings {
  const orders = new Map<string, readonly Slot[]>()
  const orderOf = (rating: RatingRow, rater: string): readonly Slot[] => {
    const key = `${rating.id} ${rater}`
    const known = orders.get(key)
    if (known !== undefined) return known
    const { spec, imageCount } = rating
    const made = sitting(imageCount, spec.controls, spec.choice.seed, rater)
    if (orders.size >= keptOrders) orders.delete(orders.keys().next().value ?? '')
    orders.set(key, made)
    return made
  }
  const slotAt = (rating: RatingRow, rater: string, at: number): Slot => {
    const slot = orderOf(rating, rater)[at]
    if (slot === undefined)
      throw new WorkbenchError('not-found', `The rating "${rating.name}" has no place ${at + 1}.`)
    return slot
  }

  const shownImage = ({ id, datasetId }: RatingRow, { position }: Slot): RatingSlot['image'] => {
    const image = ratingImage(db, id, position)
    return { position, imageId: imageIdOf(db, datasetId, image), aspect: image.aspect }
  }

  const sittings: Sittings = {
    slot(ratingId, rater, at) {
      const rating = getRatingRow(db, ratingId)
      const order = orderOf(rating, rater)
      const slot = slotAt(rating, rater, at)
      const image = ratingImage(db, ratingId, slot.position)
      const given = answersOf(db, ratingId).get(rater)
      const isOpen = (place: Slot): boolean => (given?.get(slotNumber(place))?.answer ?? '') === ''
      const open = order.flatMap((place, index) => (isOpen(place) ? [index] : []))
      const own = given?.get(slotNumber(slot))
      const next = open.find((index) => index > at) ?? open[0] ?? null
      const after = next === null ? undefined : order[next]
      return {
        at,
        done: order.length - open.length,
        total: order.length,
        image: shownImage(rating, slot),
        words: wordsOf(rating, slot, image),
        given: own === undefined || own.answer === '' ? null : shownAnswer(rating, slot, own),
        nextOpen: next,
        nextImage: after === undefined || next === at ? null : shownImage(rating, after),
      }
    },

    answer(ratingId, rater, at, { choice, freeLabel, note }) {
      const rating = getRatingRow(db, ratingId)
      const slot = slotAt(rating, rater, at)
      const image = ratingImage(db, ratingId, slot.position)
      const label = knownName(freeLabel.trim(), rating.spec.classNames)
      const before = answersOf(db, ratingId).get(rater)?.get(slotNumber(slot))
      const answer: RatingAnswer = {
        rater,
        position: slot.position,
        isControl: slot.isControl,
        // The newest counts, also where the clock was set back.
        atMs: Math.max(clock(), (before?.atMs ?? 0) + 1),
        answer: choice === null ? '' : meaning(rating, slot, image, choice, label),
        freeLabel: choice === null ? '' : label,
        note: choice === null ? '' : note.trim(),
      }
      addAnswers(db, ratingId, [answer])
      return sittings.slot(ratingId, rater, at)
    },
  }
  return sittings
}

function isSwapped({ spec }: RatingRow, slot: Slot): boolean {
  return spec.shown === 'blind' && slot.isSwapped
}

function wordsOf(rating: RatingRow, slot: Slot, { prediction, label }: RatingImage): string[] {
  if (rating.spec.shown === 'image') return []
  return isSwapped(rating, slot) ? [label, prediction] : [prediction, label]
}

/** What is said of the image by a choice, or by the name of a class. */
function meaning(
  rating: RatingRow,
  slot: Slot,
  { prediction, label }: RatingImage,
  choice: SlotChoice,
  named: string,
): Answer {
  if (choice === 'unsure') return choice
  if (rating.spec.shown === 'image') {
    if (named === prediction) return prediction === label ? 'both' : 'prediction'
    return named === label ? 'label' : 'neither'
  }
  if (choice === 'both' || choice === 'neither') return choice
  if (prediction === label) return 'both'
  return (choice === 'first') === isSwapped(rating, slot) ? 'label' : 'prediction'
}

function shownAnswer(
  rating: RatingRow,
  slot: Slot,
  { answer, freeLabel, note }: RatingAnswer,
): NonNullable<RatingSlot['given']> {
  if (rating.spec.shown === 'image' && answer !== 'unsure') return { choice: 'neither', freeLabel, note }
  if (answer === 'prediction' || answer === 'label') {
    const isFirst = (answer === 'label') === isSwapped(rating, slot)
    return { choice: isFirst ? 'first' : 'second', freeLabel, note }
  }
  return { choice: answer === '' ? 'unsure' : answer, freeLabel, note }
}

/** As the rating writes the class, where it has it. */
function knownName(typed: string, classNames: readonly string[]): string {
  if (typed === '' || classNames.includes(typed)) return typed
  const folded = foldCase(typed)
  return classNames.find((name) => foldCase(name) === folded) ?? typed
}
