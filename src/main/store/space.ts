import type { Db } from './statement'

/** Pages moved in one transaction: 8 MB of 4 KiB pages, so the write-ahead log stays small. */
const slicePages = 2048

/**
 * Gives the space of deleted rows back to the disk, at most `byteLimit` of it, so that the caller is not held up for long.
 * Returns the bytes still to give back. (Space that is not given back is used by later rows.)
 */
export function reclaimSpace(db: Db, byteLimit: number): number {
  const pageBytes = Number(db.pragma('page_size', { simple: true }))
  const freePages = (): number => Number(db.pragma('freelist_count', { simple: true }))
  let left = Math.min(freePages(), Math.ceil(byteLimit / pageBytes))
  while (left > 0) {
    db.pragma(`incremental_vacuum(${Math.min(left, slicePages)})`)
    left -= slicePages
  }
  return freePages() * pageBytes
}
