/** The evaluated images of a run that it trained on twins of. */
import type { Accuracy } from '../../../contract/entities/run'
import { queryTextSchema } from '../../../contract/entities/dataset'
import { idsWord } from '../../../domain/query/ids-word'
import { accuracyOf } from '../../../domain/rules/interval'
import { twinsInTrain } from '../datasets/preflight'
import { getRun } from './runs'
import { inTransaction, statement, type Db } from '../statement'

export function putRunTwins(db: Db, runId: number, imageIds: readonly number[]): void {
  const insert = statement(db, 'INSERT OR IGNORE INTO run_twins (run_id, image_id) VALUES (?, ?)')
  inTransaction(db, () => {
    for (const id of imageIds) insert.run(runId, id)
  })
}

/**
 * The accuracy of a run's results without the images that have a twin in train: those that were known at its start, else those that the last check of its
 * dataset found. null where there are none among the results, or nothing but them.
 */
export function accuracyWithoutTwins(
  db: Db,
  runId: number,
): { twinCount: number; query: string | null; accuracy: Accuracy; knownAtStart: boolean } | null {
  const run = getRun(db, runId)
  if (run.accuracy === null || run.evaluatedOn === 'train') return null
  const recorded = statement<{ image_id: number }>(db, 'SELECT image_id FROM run_twins WHERE run_id = ?').all(
    runId,
  )
  const knownAtStart = recorded.length > 0
  const ids = knownAtStart
    ? recorded.map(({ image_id }) => image_id)
    : twinsInTrain(db, run.datasetId, run.splitId).map(({ id }) => id)
  const get = statement<{ wrong: number }>(
    db,
    'SELECT wrong FROM predictions WHERE run_id = ? AND image_id = ?',
  )
  const twins = ids.flatMap((id) => {
    const found = get.get(runId, id)
    return found === undefined ? [] : [{ id, ...found }]
  })
  const total = run.accuracy.total - twins.length
  if (twins.length === 0 || total === 0) return null
  const correct = run.accuracy.correct - twins.filter(({ wrong }) => wrong === 0).length
  const query = queryTextSchema.safeParse(idsWord(twins.map(({ id }) => id))).data ?? null
  return { twinCount: twins.length, query, accuracy: accuracyOf(correct, total), knownAtStart }
}
