/** Images that the last check found to show the same, or nearly, as another: as columns. */
import { WorkbenchError } from '../../contract/errors'
import { imagesOfContent } from '../store/column-pages'
import { getCheck, sameLikenessOf, storedGroups } from '../store/datasets/preflight'
import type { Db } from '../store/statement'
import { rowAt, type ImageColumns } from './image-columns'

export interface NearDuplicates {
  /** By row: from 1, the same for those that belong together; 0: none. */
  readonly groups: Uint32Array
  /** By row: 1 where there is a group. */
  readonly isOne: Uint8Array
  readonly byteCount: number
}

/** Another text after another check, or under another threshold. Throws 'bad-input' where it never was. */
export function lastCheck(db: Db, datasetId: number): string {
  const check = getCheck(db, datasetId)
  if (check !== null) return `${check.checkedAtMs} ${sameLikenessOf(db, datasetId)}`
  throw new WorkbenchError(
    'bad-input',
    'The dataset was not checked yet: nobody knows its near-duplicates.',
    'Check it: "Check dataset", or "bitw check DATASET".',
  )
}

export async function nearDuplicates(
  db: Db,
  { datasetId, splitId }: { datasetId: number; splitId: number },
  images: Pick<ImageColumns, 'ids' | 'byId'>,
  pause: () => Promise<void>,
): Promise<NearDuplicates> {
  const groups = new Uint32Array(images.ids.length)
  const isOne = new Uint8Array(images.ids.length)
  for (const [index, { contentHashes }] of storedGroups(db, datasetId).entries()) {
    const rows = contentHashes.flatMap((hash) =>
      imagesOfContent(db, datasetId, splitId, hash).flatMap(({ id }) => rowAt(images, id) ?? []),
    )
    // the others may have been excluded since
    if (rows.length < 2) continue
    for (const row of rows) {
      isOne[row] = 1
      if (groups[row] === 0) groups[row] = index + 1
    }
    if (index % groupsBetweenPauses === 0) await pause()
  }
  return { groups, isOne, byteCount: groups.byteLength + isOne.byteLength }
}

const groupsBetweenPauses = 200
