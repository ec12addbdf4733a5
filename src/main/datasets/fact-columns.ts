/** The facts of many images on their way between threads: column by column, which takes a third of the time of as many objects. */
import type { ImageFacts } from './read-image'

/** null in each column: nothing is known. */
export type FactColumns = { readonly [Name in keyof ImageFacts]: readonly (ImageFacts[Name] | null)[] }

export type Found = readonly (ImageFacts | null)[]

export function asColumns(found: Found): FactColumns {
  const column = <Name extends keyof ImageFacts>(name: Name): (ImageFacts[Name] | null)[] =>
    found.map((facts) => (facts === null ? null : facts[name]))
  return {
    widthPx: column('widthPx'),
    heightPx: column('heightPx'),
    byteCount: column('byteCount'),
    contentHash: column('contentHash'),
    format: column('format'),
    colourSpace: column('colourSpace'),
    bitsPerSample: column('bitsPerSample'),
    hasAlpha: column('hasAlpha'),
    orientation: column('orientation'),
    modifiedMs: column('modifiedMs'),
  }
}

export function ofColumns(columns: FactColumns): Found {
  return columns.contentHash.map((contentHash, row) => {
    if (contentHash === null) return null
    // all columns have this row
    return {
      widthPx: columns.widthPx[row] ?? 0,
      heightPx: columns.heightPx[row] ?? 0,
      byteCount: columns.byteCount[row] ?? 0,
      contentHash,
      format: columns.format[row] ?? '',
      colourSpace: columns.colourSpace[row] ?? '',
      bitsPerSample: columns.bitsPerSample[row] ?? 0,
      hasAlpha: columns.hasAlpha[row] ?? false,
      orientation: columns.orientation[row] ?? 1,
      modifiedMs: columns.modifiedMs[row] ?? 0,
    }
  })
}
