/** The columns of a split's images: from their file, else from the database, and then into their file for the next time. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { currentSplits, splitKey } from '../store/column-pages'
import type { Db } from '../store/statement'
import { loadArrays, saveArrays, type Arrays } from './column-file'
import { asImageArrays, imageColumns, readImageArrays, type ImageColumns } from './image-columns'

/** Fewer are read from the database in no time. */
const leastRows = 20_000

export interface KeptColumns {
  images(split: { datasetId: number; splitId: number }): Promise<ImageColumns>
  /** When what is being written is written. */
  idle(): Promise<void>
}

/** `folder`: where the files are; null: none are read or written. `writes`: whether files are written, too. */
export function keptColumns(
  db: Db,
  folder: string | null,
  writes: boolean,
  pause: () => Promise<void>,
): KeptColumns {
  let writing: Promise<void> = Promise.resolve()
  return {
    async images(split) {
      const key = splitKey(db, split.splitId)
      const path = folder === null ? null : join(folder, fileName(split.splitId))
      const loaded = path === null || key === null ? null : await loadArrays(path, key, pause)
      const kept = loaded === null ? null : asImageArrays(loaded)
      if (kept !== null) return imageColumns(kept, ranksOf(loaded))
      const arrays = await readImageArrays(db, split, pause)
      const columns = imageColumns(arrays, null)
      if (writes && folder !== null && path !== null && key !== null && arrays.ids.length >= leastRows) {
        const places = new Set([...currentSplits(db), split.splitId].map(fileName))
        writing = writing.then(async () => {
          try {
            const pathRanks = await columns.paths.rank(pause)
            await saveArrays(path, key, { ...arrays, pathRanks }, pause)
            await dropOthers(folder, places)
          } catch {
            // A full disk, or a core that closes: the next time is as slow as this one.
          }
        })
      }
      return columns
    },
    idle: () => writing,
  }
}

function ranksOf(arrays: Arrays | null): Uint32Array | null {
  const ranks = arrays?.['pathRanks']
  return ranks instanceof Uint32Array ? ranks : null
}

function fileName(splitId: number): string {
  return `images-${splitId}.columns`
}

/** Splits that no dataset has any more are asked for seldom. */
async function dropOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder))
    if (/^images-\d+\.columns$/.test(name) && !kept.has(name)) await rm(join(folder, name), { force: true })
}
