/** Which folder is a class and which a part of the split, from the paths of the images alone. */
import type { SplitPart } from '../../contract/entities/dataset'
import { partOf } from './part-names'

export interface PlacedPath {
  readonly path: string
  /** null where the image lies in no class folder. */
  readonly className: string | null
  readonly part: SplitPart | null
  /** The class's folder relative to the root; '' where there is none. */
  readonly classFolder: string
}

/** True where all top folders with images are named for parts and there are class folders in one of them. */
export function hasPartFolders(imagePaths: readonly string[]): boolean {
  const inFolders = imagePaths.filter((path) => path.includes('/'))
  return (
    inFolders.some((path) => path.split('/').length >= 3) &&
    inFolders.every((path) => partOf(path.slice(0, path.indexOf('/'))) !== null)
  )
}

/** Folders below a class belong to it. */
export function placePath(path: string, partFolders: boolean): PlacedPath {
  const segments = path.split('/')
  const depth = partFolders ? 1 : 0
  const name = segments.length > depth + 1 ? segments[depth] : undefined
  return {
    path,
    className: name === undefined ? null : name.normalize('NFC'),
    part: partFolders ? partOf(segments[0] ?? '') : null,
    classFolder: name === undefined ? '' : segments.slice(0, depth + 1).join('/'),
  }
}

/** The class of a folder, by its path: '' where the folder is not a class itself. */
export function classOfFolder(folder: string, partFolders: boolean): string {
  const segments = folder.split('/')
  if (segments.length !== (partFolders ? 2 : 1)) return ''
  if (partFolders && partOf(segments[0] ?? '') === null) return ''
  return (segments.at(-1) ?? '').normalize('NFC')
}

export interface DuplicateFolder {
  readonly folder: string
  /** The folder that stays. */
  readonly keptFolder: string
}

/**
 * Class folders whose names differ only by case or Unicode form: the later by code point is left out. Folders of one name in
 * different parts are one class, even where two file systems wrote the name in two Unicode forms.
 */
export function duplicateClassFolders(classFolders: readonly string[]): DuplicateFolder[] {
  const kept = new Map<string, { name: string; folders: string[] }>()
  const duplicates: DuplicateFolder[] = []
  const ordered = [...new Set(classFolders)].sort(
    (a, b) => compareCodePoints(nameOf(a), nameOf(b)) || compareCodePoints(a, b),
  )
  for (const folder of ordered) {
    const name = nameOf(folder).normalize('NFC')
    const key = name.toUpperCase().toLowerCase().normalize('NFC')
    const first = kept.get(key)
    if (!first) {
      kept.set(key, { name, folders: [folder] })
    } else if (first.name === name && !first.folders.some((other) => parentOf(other) === parentOf(folder))) {
      first.folders.push(folder)
    } else {
      duplicates.push({ folder, keptFolder: first.folders[0] ?? '' })
    }
  }
  return duplicates
}

/** By code point, which for UTF-8 is byte order; JavaScript's own order puts characters above U+FFFF too early. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1)
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')))
}
