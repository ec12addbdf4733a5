/** What was done to labels, and what was said in Mistakes, group by group: the newest first. */
import type { LabelGroupEntry } from '../../../contract/entities/label'
import { standingGroups } from '../../../domain/labels/label-log'
import { groupText, labelGroupsInTurns, labelRevision } from './label-events'
import { statement, type Db } from '../statement'

/** Of a change: what takes it back, or does it again. */
interface Standing {
  readonly groupId: number
  /** null: it stands. */
  readonly undoneBy: number | null
}

const known = new WeakMap<
  Db,
  Map<number, { readonly revision: number; readonly changes: readonly Standing[] }>
>()

/** Changes alone, the oldest first; what undid them is told of each. Kept until the log has another entry. */
export async function labelHistory(
  db: Db,
  datasetId: number,
  pause: () => Promise<void>,
): Promise<readonly Standing[]> {
  let kept = known.get(db)
  if (kept === undefined) known.set(db, (kept = new Map()))
  for (;;) {
    const revision = labelRevision(db, datasetId)
    const last = kept.get(datasetId)
    if (last?.revision === revision) return last.changes
    const changes = standingGroups(await labelGroupsInTurns(db, datasetId, pause))
    if (labelRevision(db, datasetId) === revision) kept.set(datasetId, { revision, changes })
  }
}

/** How many images of a group are shown. */
const mostShown = 8

export function labelGroupEntry(db: Db, datasetId: number, { groupId, undoneBy }: Standing): LabelGroupEntry {
  const { at_ms: atMs = 0, by_whom: byWhom = '' } = writerOf(db, groupId) ?? {}
  const undone = undoneBy === null ? undefined : writerOf(db, undoneBy)
  return {
    id: groupId,
    atMs,
    byWhom,
    text: groupText(db, groupId),
    imageIds: imagesOfGroup(db, datasetId, groupId),
    undone: undone === undefined ? null : { atMs: undone.at_ms, byWhom: undone.by_whom },
  }
}

/** Some of its images; `most` null: all. None where the dataset has no such group. */
export function imagesOfGroup(
  db: Db,
  datasetId: number,
  groupId: number,
  most: number | null = mostShown,
): number[] {
  return statement<{ id: number }>(
    db,
    `SELECT DISTINCT image_id AS id FROM label_events
     WHERE id >= ? AND group_id = ? AND dataset_id = ? AND image_id IS NOT NULL LIMIT ?`,
  )
    .all(groupId, groupId, datasetId, most ?? -1)
    .map(({ id }) => id)
}

function writerOf(db: Db, id: number): { at_ms: number; by_whom: string } | undefined {
  return statement<{ at_ms: number; by_whom: string }>(
    db,
    'SELECT at_ms, by_whom FROM label_events WHERE id = ?',
  ).get(id)
}
