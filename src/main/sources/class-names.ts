/** Names of classes that are alike: which are two classes, and which one name twice. */
import type { ProblemList } from './problem-list'

export interface DuplicateFolder {
  readonly folder: string
  /** The folder that stays. */
  readonly keptFolder: string
  /** Why both cannot be classes. */
  readonly differ: 'in Unicode form' | 'in case'
}

/**
 * Class folders that cannot be told apart: two of one name in NFC in the same folder, or, where the file system takes names that differ in case for
 * one (`caseMatters` false), two such names. The later by code point is left out. Folders of one name in different parts are one class,
 * even where two file systems wrote the name in two Unicode forms.
 */
export function duplicateClassFolders(
  classFolders: readonly string[],
  caseMatters: boolean,
): DuplicateFolder[] {
  const kept = new Map<string, { name: string; folders: string[] }>()
  const duplicates: DuplicateFolder[] = []
  const ordered = [...new Set(classFolders)].sort(
    (a, b) => compareCodePoints(nameOf(a), nameOf(b)) || compareCodePoints(a, b),
  )
  for (const folder of ordered) {
    const name = nameOf(folder).normalize('NFC')
    const key = caseMatters ? name : foldCase(name)
    const first = kept.get(key)
    if (!first) {
      kept.set(key, { name, folders: [folder] })
    } else if (first.name !== name) {
      duplicates.push({ folder, keptFolder: first.folders[0] ?? '', differ: 'in case' })
    } else {
      const twin = first.folders.find((other) => parentOf(other) === parentOf(folder))
      if (twin === undefined) first.folders.push(folder)
      else duplicates.push({ folder, keptFolder: twin, differ: 'in Unicode form' })
    }
  }
  return duplicates
}

/** Classes that differ only in case are two classes; if they are meant as one, only a person knows. */
export function noteSimilarClasses(classNames: Iterable<string>, problems: ProblemList): void {
  const seen = new Map<string, string>()
  for (const name of classNames) {
    const folded = foldCase(name)
    const other = seen.get(folded)
    if (other === undefined) seen.set(folded, name)
    else {
      const message = `The classes "${other}" and "${name}" differ only in case. They are two classes; if they are one, write it the same way.`
      problems.add('note', 'duplicate-class-name', name, message)
    }
  }
}

/** Capital letters alone make no difference; ß and ss are two spellings. */
export function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC')
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
