import { splitParts, type SplitPart } from '../../../contract/entities/dataset'

/** How a part is kept in the database: 0 train, 1 val, 2 test. Never changes. */
export function partCode(part: SplitPart): number {
  return splitParts.indexOf(part)
}

export function partOfCode(code: number): SplitPart {
  const part = splitParts[code]
  if (part === undefined) throw new RangeError(`No split part has the code ${code}`)
  return part
}
