/** Which folder is a class and which a part of the split, from the paths of the images alone. Pure. */
import type { FolderChoice, SplitPart } from '../../contract/entities/dataset'
import { folderTree, type FolderNode } from './folder-tree'
import { isPlainFolder, partInName, type PartName } from './part-names'

/** A folder of a part, below `base`. */
export interface PartFolder {
  /** null: its images are of no part of their own. */
  readonly part: SplitPart | null
  /** From it down to the folder that holds the classes: '', or e.g. 'seg_train/'. */
  readonly inner: string
}

/** All names in NFC. */
export interface FolderLayout {
  /** From the root down to the folder that holds the classes or the parts: '', or e.g. 'dataset/'. */
  readonly base: string
  /** By name; null: the folders are classes. */
  readonly parts: ReadonlyMap<string, PartFolder> | null
  /** The folders in each class are the parts. */
  readonly partsInClasses: boolean
  /** They say nothing of classes. */
  readonly isUnlabelled?: true
}

/** Two ways to read the folders are as likely: whoever imports them must say which. */
export interface UnclearLayout {
  /** A sentence. */
  readonly unclear: string
  /** Folders, one of which may be meant alone; relative to the root. */
  readonly instead: readonly string[]
}

export function recognizeLayout(
  imagePaths: Iterable<string>,
  choice: FolderChoice | null = null,
): FolderLayout | UnclearLayout {
  if (choice === 'unlabelled') return unlabelled
  const tree = folderTree(imagePaths)
  // nothing but images: there is no folder that could be a class
  if (choice === null && tree.totalCount > 0 && tree.directCount === tree.totalCount) return unlabelled
  return layoutOf(tree, '', choice)
}

const unlabelled: FolderLayout = { base: '', parts: null, partsInClasses: false, isUnlabelled: true }

interface Top {
  readonly name: string
  readonly node: FolderNode
  readonly named: PartName | null
  readonly inner: string
  /** Names of the folders that would be classes if this one is a part. */
  readonly classes: ReadonlySet<string>
}

function layoutOf(root: FolderNode, base: string, choice: FolderChoice | null): FolderLayout | UnclearLayout {
  const tops = [...root.folders].map(([name, node]) => topOf(name, node))
  const [only] = tops
  if (only !== undefined && tops.length === 1 && isAround(only))
    return layoutOf(only.node, `${base}${only.name}/`, choice)
  if (choice === 'classes') return classesIn(base)
  if (choice === 'parts') return partsIn(base, chosenParts(tops))
  return recognized(tops, base)
}

function recognized(tops: readonly Top[], base: string): FolderLayout | UnclearLayout {
  const parts = namedParts(tops)
  const others = tops.filter((top) => !parts.includes(top))
  const withClasses = parts.filter(({ classes }) => classes.size > 0)
  const distinct = new Set(parts.map(({ named }) => named?.part))
  const names = listed(parts)
  if (withClasses.length === 0) {
    if (distinct.size >= 2)
      return unclear(
        `The images are right in folders that are named as parts (${names}), without a folder for each class.`,
      )
    return withoutParts(tops, base)
  }
  if (others.length === 0) return partsIn(base, parts)
  if (distinct.size === 1) return unclear(`Of the folders ${listed(tops)}, only ${names} is named as a part.`)
  const alike = others.find((other) => withClasses.some((part) => shared(part, other).length > 0))
  if (alike !== undefined)
    return unclear(
      `The folders ${names} are named as parts; "${alike.name}" has the same folders in it and is not.`,
    )
  if (withClasses.length > 1 && !withClasses.some((one) => isShared(one, withClasses)))
    return unclear(`The folders ${names} are named as parts, but have no folder of the same name in them.`)
  if (imageCount(others) > imageCount(parts))
    return unclear(`The folders ${names} are named as parts, but most images are in ${listed(others)}.`)
  return partsIn(base, parts)
}

/** Those named as parts; one whose name says more only where it shares its classes with one of another part. */
function namedParts(tops: readonly Top[]): Top[] {
  const named = tops.filter((top) => top.named !== null)
  return named.filter(
    (top) =>
      top.named?.isSure === true ||
      named.some((other) => other.named?.part !== top.named?.part && shared(top, other).length > 0),
  )
}

function withoutParts(tops: readonly Top[], base: string): FolderLayout | UnclearLayout {
  if (tops.length > 1 && tops.every(({ node }) => isDividedClass(node))) {
    const parts = new Set(
      tops.flatMap(({ node }) => [...node.folders.keys()].map((name) => partInName(name)?.part)),
    )
    if (parts.size > 1) return { ...classesIn(base), partsInClasses: true }
  }
  const holders = tops.filter(({ node }) => holdsParts(node))
  const [holder] = holders
  if (holder !== undefined) {
    if (holders.length === 1 && holder.node.totalCount * 2 > imageCount(tops))
      return layoutOf(holder.node, `${base}${holder.name}/`, null)
    return {
      unclear: `Of the folders ${listed(tops)}, ${listed(holders)} ${holders.length === 1 ? 'has' : 'have'} parts in them.`,
      instead: holders.map(({ name }) => base + name),
    }
  }
  const counts = new Map<string, number>()
  for (const { classes } of tops) for (const name of classes) counts.set(name, (counts.get(name) ?? 0) + 1)
  const common = [...counts].flatMap(([name, count]) => (count > 1 ? [name] : []))
  const direct = tops.reduce((sum, { node }) => sum + node.directCount, 0)
  if (common.length >= 2 && common.length * 2 >= counts.size && direct * 10 < imageCount(tops))
    return unclear(`The folders ${listed(tops)} have folders of the same names in them (${quoted(common)}).`)
  return classesIn(base)
}

/** A folder around everything: not a part, with nothing but folders in it. */
function isAround({ node, named }: Top): boolean {
  return named?.isSure !== true && node.directCount === 0 && node.folders.size > 0
}

/** All its images are in folders named as parts, which have no folders of their own. */
function isDividedClass({ directCount, folders }: FolderNode): boolean {
  return (
    directCount === 0 &&
    [...folders].every(([name, inner]) => partInName(name)?.isSure === true && inner.folders.size === 0)
  )
}

function holdsParts(node: FolderNode): boolean {
  if (node.folders.size === 0) return false
  const layout = layoutOf(node, '', null)
  return (
    'parts' in layout &&
    layout.parts !== null &&
    new Set([...layout.parts.values()].map(({ part }) => part)).size > 1
  )
}

/** As the user says that parts are what the folders are: those named so and those like them; without any name, all that have folders in them. */
function chosenParts(tops: readonly Top[]): Top[] {
  const named = tops.filter((top) => top.named !== null)
  const alike = tops.filter((top) => named.includes(top) || isShared(top, named))
  return alike.length > 0 ? alike : tops.filter(({ classes }) => classes.size > 0)
}

function topOf(name: string, node: FolderNode): Top {
  const named = partInName(name)
  let inner = ''
  let at = node
  for (;;) {
    const [first] = at.folders
    if (first === undefined || at.folders.size > 1 || at.directCount > 0 || first[1].folders.size === 0) break
    const [innerName, innerNode] = first
    const saysNothing =
      innerName.toLowerCase() === name.toLowerCase() ||
      isPlainFolder(innerName) ||
      (named !== null && partInName(innerName)?.part === named.part)
    if (!saysNothing) break
    inner += `${innerName}/`
    at = innerNode
  }
  return { name, node, named, inner, classes: new Set(at.folders.keys()) }
}

function classesIn(base: string): FolderLayout {
  return { base, parts: null, partsInClasses: false }
}

function partsIn(base: string, tops: readonly Top[]): FolderLayout {
  const parts = new Map(tops.map(({ name, named, inner }) => [name, { part: named?.part ?? null, inner }]))
  return { base, parts, partsInClasses: false }
}

function imageCount(tops: readonly Top[]): number {
  return tops.reduce((sum, { node }) => sum + node.totalCount, 0)
}

function unclear(sentence: string): UnclearLayout {
  return { unclear: sentence, instead: [] }
}

function shared(one: Top, other: Top): string[] {
  return [...one.classes].filter((name) => other.classes.has(name))
}

function isShared(top: Top, others: readonly Top[]): boolean {
  return others.some((other) => other !== top && shared(top, other).length > 0)
}

function listed(tops: readonly Top[]): string {
  return quoted(tops.map(({ name }) => name))
}

const mostNames = 5

export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => `"${name}"`)
  const more = names.length - shown.length
  if (more > 0) shown.push(`${String(more)} more`)
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`
}
