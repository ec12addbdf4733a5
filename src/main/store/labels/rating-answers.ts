/** What raters said: a log, and what of it holds. Of each image the newest answer of each rater counts, wherever it was given. */
import type { Answer } from '../../../contract/entities/rating'
import { inTransaction, statement, type Db } from '../statement'

export interface SlotKey {
  readonly position: number
  readonly isControl: boolean
}

export interface RatingAnswer extends SlotKey {
  readonly rater: string
  readonly atMs: number
  /** '': taken back. */
  readonly answer: Answer | ''
  readonly freeLabel: string
  readonly note: string
}

/** By rater, then by `slotNumber`; with those that were taken back. */
export type AnswersOfRaters = ReadonlyMap<string, ReadonlyMap<number, RatingAnswer>>

export function slotNumber({ position, isControl }: SlotKey): number {
  return 2 * position + Number(isControl)
}

/** On disk when this returns. Those that are there already are passed over: returns how many were new. */
export function addAnswers(db: Db, ratingId: number, added: readonly RatingAnswer[]): number {
  return inTransaction(db, () => {
    const isThere = statement(
      db,
      `SELECT 1 FROM rating_answers WHERE rating_id = ? AND rater = ? AND position = ? AND is_control = ? AND at_ms = ?
         AND answer = ? AND free_label = ? AND note = ?`,
    )
    const insert = statement(
      db,
      `INSERT INTO rating_answers (rating_id, rater, position, is_control, at_ms, answer, free_label, note)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    let count = 0
    for (const { rater, position, isControl, atMs, answer, freeLabel, note } of added) {
      const values = [ratingId, rater, position, isControl ? 1 : 0, atMs, answer, freeLabel, note]
      if (isThere.get(...values) !== undefined) continue
      insert.run(...values)
      count++
    }
    return count
  })
}

const folded = new WeakMap<
  Db,
  Map<number, { lastId: number; readonly raters: Map<string, Map<number, RatingAnswer>> }>
>()

/** Kept; what was added since is folded onto it. */
export function answersOf(db: Db, ratingId: number): AnswersOfRaters {
  let known = folded.get(db)
  if (known === undefined) folded.set(db, (known = new Map()))
  let kept = known.get(ratingId)
  if (kept === undefined) known.set(ratingId, (kept = { lastId: 0, raters: new Map() }))
  for (const row of answersAfter(db, ratingId, kept.lastId)) {
    kept.lastId = row.id
    let own = kept.raters.get(row.rater)
    if (own === undefined) kept.raters.set(row.rater, (own = new Map()))
    const before = own.get(slotNumber(row))
    if (before === undefined || isNewer(row, before)) own.set(slotNumber(row), row)
  }
  return kept.raters
}

/** The whole log, in its order; of one rater, or of all. */
export function answerLog(db: Db, ratingId: number, rater: string | null): RatingAnswer[] {
  return answersAfter(db, ratingId, 0).filter((answer) => rater === null || answer.rater === rater)
}

/** Another text where a verdict may have changed. */
export function verdictRevision(db: Db): string {
  const row = statement<Record<'answers' | 'ratings' | 'verdicts' | 'turns' | 'datasets', number | null>>(
    db,
    // Corrections leave verdicts as they are; an undo or redo may be of one.
    `SELECT (SELECT max(id) FROM rating_answers) AS answers, (SELECT count(*) FROM ratings) AS ratings,
       (SELECT max(id) FROM label_events WHERE kind = 'verdict') AS verdicts,
       (SELECT count(*) FROM label_events WHERE undoes IS NOT NULL) AS turns, (SELECT count(*) FROM datasets) AS datasets`,
  ).get()
  return Object.values(row ?? {}).join(' ')
}

/** Of two of the same moment the one that is greater as a text: so that it does not matter which came first here. */
function isNewer(one: RatingAnswer, other: RatingAnswer): boolean {
  if (one.atMs !== other.atMs) return one.atMs > other.atMs
  const text = ({ answer, freeLabel, note }: RatingAnswer): string =>
    JSON.stringify([answer, freeLabel, note])
  return text(one) > text(other)
}

function answersAfter(db: Db, ratingId: number, afterId: number): (RatingAnswer & { id: number })[] {
  return statement<{
    id: number
    rater: string
    position: number
    is_control: 0 | 1
    at_ms: number
    answer: Answer | ''
    free_label: string
    note: string
  }>(
    db,
    `SELECT id, rater, position, is_control, at_ms, answer, free_label, note FROM rating_answers
     WHERE rating_id = ? AND id > ? ORDER BY id`,
  )
    .all(ratingId, afterId)
    .map(({ is_control, at_ms, free_label, ...row }) => ({
      ...row,
      isControl: is_control === 1,
      atMs: at_ms,
      freeLabel: free_label,
    }))
}
