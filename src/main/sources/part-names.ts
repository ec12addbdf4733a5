import type { SplitPart } from '../../contract/entities/dataset'

/** In lower case. */
const partNames: Readonly<Record<string, SplitPart>> = {
  train: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
}

/** The part that a folder or a column names, in any case; null where it names none. */
export function partOf(name: string): SplitPart | null {
  const key = name.toLowerCase()
  return Object.hasOwn(partNames, key) ? (partNames[key] ?? null) : null
}
