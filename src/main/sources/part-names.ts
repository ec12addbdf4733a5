/** Names that say train, val or test. */
import type { SplitPart } from '../../contract/entities/dataset'

/** In lower case. */
const partNames: Readonly<Record<string, SplitPart>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
  testing: 'test',
}

/** What such names have beside the part, in lower case: train_set, seg_train, images-train, "test data". */
const usualWords = new Set(
  'set sets seg split part data dataset image images img imgs photo photos picture pictures folder dir'.split(
    ' ',
  ),
)

/** Folders that say nothing: what is in them belongs to the folder around them. In lower case. */
const plainFolders = new Set(
  'image images img imgs photo photos picture pictures data dataset files'.split(' '),
)

export interface PartName {
  readonly part: SplitPart
  /** The name says nothing else. "toy_train" may be a part, or a class of toys. */
  readonly isSure: boolean
}

/** The part that a column, or a folder named by nothing else, names, in any case; null where it names none. */
export function partOf(name: string): SplitPart | null {
  const key = name.toLowerCase()
  return Object.hasOwn(partNames, key) ? (partNames[key] ?? null) : null
}

/** The one part that a folder's name has among its words (train_set, seg_train, TestImages, val2017); null: none, or more than one. */
export function partInName(name: string): PartName | null {
  const parts = new Set<SplitPart>()
  let isSure = true
  for (const word of wordsOf(name)) {
    const part = partOf(word) ?? partOf(word.replace(/(?:set|data|images|imgs)$/, ''))
    if (part !== null) parts.add(part)
    else if (!usualWords.has(word)) isSure = false
  }
  const [part] = parts
  return part === undefined || parts.size > 1 ? null : { part, isSure }
}

export function isPlainFolder(name: string): boolean {
  return plainFolders.has(name.toLowerCase())
}

/** In lower case, without numbers: a year or a count says nothing of the part. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .filter((word) => word !== '')
}
