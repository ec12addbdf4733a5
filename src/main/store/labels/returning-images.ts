/**
 * Images that corrections would bring back into the current version, and whether their source still has them: the log does not know what the source
 * lost. Kept until somebody looks again; labels/look-for-returning.ts looks.
 */
import type { FileFacts } from '../../images/file-check'
import { identityOf, type LabelState } from '../../../domain/labels/label-log'
import { statement, type Db } from '../statement'

const lastLooks = new WeakMap<Db, Map<number, ReadonlyMap<string, boolean>>>()
const nothing: ReadonlyMap<string, boolean> = new Map()

/** By `identityOf`: whether the source had the image when somebody looked; without those that nobody looked for. */
export function knownReturning(db: Db, datasetId: number): ReadonlyMap<string, boolean> {
  return lastLooks.get(db)?.get(datasetId) ?? nothing
}

export function keepReturning(db: Db, datasetId: number, isThere: ReadonlyMap<string, boolean>): void {
  let known = lastLooks.get(db)
  if (known === undefined) lastLooks.set(db, (known = new Map()))
  known.set(datasetId, isThere)
}

/** The source was looked through, or is at another place: it may have others now. */
export function forgetReturning(db: Db, datasetId: number): void {
  lastLooks.get(db)?.delete(datasetId)
}

/** Without those that their source lost. */
export function stillReturning(db: Db, datasetId: number, states: readonly LabelState[]): LabelState[] {
  const known = knownReturning(db, datasetId)
  return states.filter(({ image }) => known.get(identityOf(image)) !== false)
}

/** Aligned: the files of images of any version, as they were when they were read; and their links out of the source. */
export function filesOfImages(
  db: Db,
  imageIds: readonly number[],
): FileFacts & { readonly links: readonly (readonly [key: string, target: string])[] } {
  const one = statement<{
    path: string
    link_target: string | null
    byte_count: number
    modified_ms: number
  }>(db, 'SELECT path, link_target, byte_count, modified_ms FROM images WHERE id = ?')
  const byteCounts: number[] = []
  const modifiedMs: number[] = []
  const links: (readonly [string, string])[] = []
  for (const id of imageIds) {
    const row = one.get(id)
    byteCounts.push(row?.byte_count ?? 0)
    modifiedMs.push(row?.modified_ms ?? 0)
    if (row !== undefined && row.link_target !== null) links.push([row.path, row.link_target])
  }
  return { byteCounts, modifiedMs, links }
}
