/** Class and part of each image of a folder, by the layout of its folders, and what is said of that. */
import type { SplitPart } from '../../contract/entities/dataset'
import { unlabelledName } from '../../domain/labels/unlabelled'
import { quoted, type FolderLayout } from './folder-layout'
import { partInName } from './part-names'
import type { ProblemList } from './problem-list'

export interface PlacedPath {
  /** null where the image lies in no class folder. */
  readonly className: string | null
  readonly part: SplitPart | null
  /** The class's folder relative to the root, as it is written there; '' where there is none. */
  readonly classFolder: string
  /** Below the root, as it is written there: the folder that the layout passes over with all that is in it; '' where there is none. */
  readonly passedOver: string
}

/** Folders below a class belong to it. */
export function placePath(
  path: string,
  { base, parts, partsInClasses, isUnlabelled }: FolderLayout,
): PlacedPath {
  if (isUnlabelled === true) return { className: unlabelledName, part: null, classFolder: '', passedOver: '' }
  const segments = path.split('/')
  const names = path.normalize('NFC').split('/')
  const nowhere = (depth: number): PlacedPath => ({
    className: null,
    part: null,
    classFolder: '',
    passedOver: depth > 0 && depth < segments.length ? segments.slice(0, depth).join('/') : '',
  })
  const baseNames = base.split('/').slice(0, -1)
  const off = baseNames.findIndex((name, index) => names[index] !== name)
  if (off >= 0) return nowhere(off + 1)
  let depth = baseNames.length
  let part: SplitPart | null = null
  if (parts !== null) {
    const folder = parts.get(names[depth] ?? '')
    if (folder === undefined) return nowhere(depth + 1)
    part = folder.part
    const inner = folder.inner.split('/').slice(0, -1)
    if (inner.some((name, index) => names[depth + 1 + index] !== name)) return nowhere(0)
    depth += 1 + inner.length
  }
  const className = names[depth]
  if (className === undefined || segments.length <= depth + 1) return nowhere(0)
  if (partsInClasses) part = partInName(names[depth + 1] ?? '')?.part ?? null
  return { className, part, classFolder: segments.slice(0, depth + 1).join('/'), passedOver: '' }
}

/** The class of a folder, by its path: '' where the folder is not a class itself. */
export function classOfFolder(folder: string, layout: FolderLayout): string {
  // As the class of an image in it, unless that is a folder above it.
  const { className, classFolder } = placePath(`${folder}/image`, layout)
  return className !== null && classFolder === folder ? className : ''
}

/** Says how the folders were read, unless it is as everybody would: classes, or train, val and test. */
export function noteLayout(layout: FolderLayout, isChosen: boolean, problems: ProblemList): void {
  const { base, parts, partsInClasses, isUnlabelled } = layout
  if (isUnlabelled === true) {
    problems.add('note', 'layout', '', 'The folders say nothing of classes: the images have no labels yet.')
    return
  }
  const where = base === '' ? '' : `In "${base.slice(0, -1)}": `
  if (parts !== null) {
    const isPlain = [...parts].every(
      ([name, { inner }]) => plainParts.has(name.toLowerCase()) && inner === '',
    )
    if (isPlain && base === '' && !isChosen) return
    const read = [...parts].map(([name, { part, inner }]) =>
      part === null ? `"${join(name, inner)}" names no part` : `"${join(name, inner)}" is ${part}`,
    )
    const message = `${where}${read.join(', ')}. The folders in ${parts.size === 1 ? 'it' : 'them'} are the classes.`
    problems.add('note', 'layout', base, message)
  } else if (partsInClasses) {
    const message = `${where}the folders are the classes, and the folders in each class are its parts.`
    problems.add('note', 'layout', base, message[0]?.toUpperCase() + message.slice(1))
  } else if (base !== '') {
    problems.add('note', 'layout', base, `The folders in "${base.slice(0, -1)}" are the classes.`)
  } else if (isChosen) {
    problems.add('note', 'layout', base, 'The folders were read as classes, as chosen at the import.')
  }
}

/** `counts`: the images of each folder that the layout passes over. */
export function notePassedOver(
  counts: ReadonlyMap<string, number>,
  { base, parts }: FolderLayout,
  problems: ProblemList,
): void {
  for (const [folder, count] of counts) {
    const inBase = folder.startsWith(base) && parts !== null
    const why = inBase
      ? `The folder is none of the parts (${quoted([...parts.keys()])})`
      : `The folder is outside "${base.slice(0, -1)}", where the ${parts === null ? 'classes' : 'parts'} are`
    const images = count === 1 ? 'its image was' : `its ${String(count)} images were`
    problems.add('error', 'outside-class-folder', folder, `${why}: ${images} left out.`)
  }
}

function join(name: string, inner: string): string {
  return `${name}/${inner}`.slice(0, -1)
}

const plainParts: ReadonlySet<string> = new Set(['train', 'val', 'valid', 'validation', 'test'])
