/** A new split in which images that show the same are in one part; and the way back. */
import type { SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import type { InTurns } from '../../../domain/in-turns'
import { onePart } from '../../../domain/preflight/one-part'
import { getDataset } from './datasets'
import { makingGivenSplit } from './new-split'
import { partOfCode } from './split-parts'
import { readingStored } from './stored-images'
import { inTransaction, statement, type Db } from '../statement'

/** All others keep their part; runs keep the split that they used. Returns the split that was current before. Throws 'not-found'. */
export function* movingGroups(
  db: Db,
  datasetId: number,
  groups: readonly (readonly number[])[],
  nowMs: number,
): InTurns<{ previousSplitId: number; movedCount: number }> {
  const { split } = getDataset(db, datasetId)
  const images = yield* readingStored(db, datasetId)
  const partNow = new Map(images.map(({ id, part }) => [id, part]))
  const partOf = new Map<number, SplitPart>()
  for (const ids of groups) {
    const known = ids.filter((id) => partNow.has(id))
    const parts = known.flatMap((id) => partOf.get(id) ?? partNow.get(id) ?? [])
    const part = onePart(parts, split.origin)
    for (const id of known) partOf.set(id, part)
  }
  return yield* makingGivenSplit(db, datasetId, partOf, nowMs)
}

/** Makes an earlier split of the same images the current one again. Throws 'not-found', 'busy' where the dataset has other images now. */
export function takeSplitAgain(db: Db, datasetId: number, splitId: number): void {
  inTransaction(db, () => {
    const { name, split } = getDataset(db, datasetId)
    const owner = statement<{ dataset_id: number }>(db, 'SELECT dataset_id FROM splits WHERE id = ?').get(
      splitId,
    )
    if (owner?.dataset_id !== datasetId)
      throw new WorkbenchError('not-found', `The dataset "${name}" has no split with the number ${splitId}.`)
    const [now, then] = [partsOf(db, split.id), partsOf(db, splitId)]
    if (now.size !== then.size || [...now.keys()].some((id) => !then.has(id))) {
      throw new WorkbenchError(
        'busy',
        `The dataset "${name}" has other images now than under that split.`,
        'Check it again, and move the groups that it finds.',
      )
    }
    statement(db, 'UPDATE datasets SET current_split_id = ? WHERE id = ?').run(splitId, datasetId)
  })
}

function partsOf(db: Db, splitId: number): Map<number, SplitPart> {
  const rows = statement<{ image_id: number; part: number }>(
    db,
    'SELECT image_id, part FROM split_images WHERE split_id = ?',
  ).all(splitId)
  return new Map(rows.map(({ image_id, part }) => [image_id, partOfCode(part)]))
}
