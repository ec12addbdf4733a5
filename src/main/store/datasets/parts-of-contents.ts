/** Where contents were: so that what comes back, or comes again, is not tested on in one version and trained on in the next. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { InTurns } from '../../../domain/in-turns'
import { partOfCode } from './split-parts'
import { statement, type Db } from '../statement'

/**
 * The part in which each content was last, by its hash, in versions that were divided as the current one is. Without held-out parts that the source gave:
 * those are the source's to say.
 */
export function* findingParts(
  db: Db,
  datasetId: number,
  contentHashes: Iterable<string>,
): InTurns<Map<string, SplitPart>> {
  const find = statement<{ part: number }>(
    db,
    `SELECT split_images.part FROM images JOIN datasets ON datasets.id = images.dataset_id
       JOIN splits AS present ON present.id = datasets.current_split_id
       JOIN split_images ON split_images.image_id = images.id
       JOIN splits ON splits.id = split_images.split_id AND splits.origin = present.origin AND splits.seed = present.seed
         AND splits.val_fraction = present.val_fraction AND splits.test_fraction = present.test_fraction
     WHERE images.dataset_id = ? AND content_hash = ? AND (splits.origin = 'seeded' OR folder_part IS NULL OR folder_part = 0)
     ORDER BY splits.id = present.id DESC, splits.id DESC LIMIT 1`,
  )
  const found = new Map<string, SplitPart>()
  let looked = 0
  for (const hash of new Set(contentHashes)) {
    const row = find.get(datasetId, Buffer.from(hash, 'hex'))
    if (row !== undefined) found.set(hash, partOfCode(row.part))
    if (++looked % contentsAtOnce === 0) yield
  }
  return found
}

/** Between two pauses: of some ten milliseconds. */
const contentsAtOnce = 300
