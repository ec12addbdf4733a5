/** The sheets of all datasets of this window, each kept apart, so that settings never follow to another dataset. They outlive a reload. */
import { z } from 'zod'
import { keptJson } from '../../browser-store'
import { sheetSchema, type Sheet } from './train-settings'

const storageKey = 'bitw-train'
const keptSchema = z.object({ current: z.string().nullable(), sheets: z.record(z.string(), sheetSchema) })

export class TrainSheets {
  private readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  private readonly sheets = new Map<string, Sheet>()
  /** The dataset that was open last, by `datasetKey`. */
  readonly current: string | null = null

  /** What cannot be read there, e.g. of another version, is as if it were not there. */
  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.storage = storage
    const kept = keptSchema.safeParse(keptJson(storage, storageKey))
    if (!kept.success) return
    this.current = kept.data.current
    for (const [key, sheet] of Object.entries(kept.data.sheets)) this.sheets.set(key, sheet)
  }

  get(key: string): Sheet | null {
    return this.sheets.get(key) ?? null
  }

  put(key: string, sheet: Sheet): void {
    this.sheets.set(key, sheet)
    const kept = { current: key, sheets: Object.fromEntries(this.sheets) }
    this.storage.setItem(storageKey, JSON.stringify(kept))
  }
}

/** A dataset among those of every home that this window may show: an id alone is given again in another home. */
export function datasetKey({
  id,
  createdAtMs,
}: {
  readonly id: number
  readonly createdAtMs: number
}): string {
  return `${id}@${createdAtMs}`
}

/** The id in a `datasetKey`. */
export function datasetIdOf(key: string): number {
  return Number(key.split('@', 1)[0])
}
