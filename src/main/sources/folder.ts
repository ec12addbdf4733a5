/**
 * A folder of images: `root/class/…/image`, or `root/{train,val|valid|validation,test}/class/…/image` where all top folders with images have such
 * names (in any case).
 */
import { checkRoot, noteEmptyClasses } from './folder-checks'
import { duplicateClassFolders, hasPartFolders, placePath } from './folder-layout'
import { walkTree, type WalkedTree } from './folder-walk'
import { filesBelow } from './files'
import type { ProblemList } from './problem-list'
import type { Listing, Looked, Placement, SourceKind, SourceWords } from './source'

export const folderKind: SourceKind = {
  kind: 'folder',
  endings: [],
  open(path, files) {
    const words = wordsOf(path)
    return {
      ...filesBelow(path, words, files),
      address: { kind: 'folder', path },
      words,
      async list({ problems, onProgress }) {
        await checkRoot(path, files)
        return listingOf(path, await walkTree({ rootPath: path, files, problems, onFolder: onProgress }))
      },
    }
  },
}

function wordsOf(path: string): SourceWords {
  return {
    place: path,
    subject: `The image folder ${path}`,
    bringBack: 'Connect the drive, or put the folder back',
    importAgain: 'import the folder again',
    empty: `No usable image was found in the class folders of ${path}.`,
    layout: 'The folder needs one subfolder per class, with the images in it.',
  }
}

function listingOf(rootPath: string, { files, folders }: WalkedTree): Listing {
  return {
    keys: files,
    place: (looked, problems) => place(files, folders, looked, problems),
    hintForOneClass(className) {
      const inner = folders.filter(
        (folder) => folder.startsWith(`${className}/`) && folder.split('/').length === 2,
      )
      if (inner.length < 2) return null
      return `Did you mean the folder ${rootPath}/${className}? It has ${String(inner.length)} subfolders.`
    },
  }
}

function place(
  paths: readonly string[],
  folders: readonly string[],
  looked: Looked,
  problems: ProblemList,
): Placement[] {
  const partFolders = hasPartFolders(paths.filter((_, index) => looked.isImage(index)))
  const usable = paths.flatMap((path, index) =>
    looked.isUsable(index) ? [{ index, ...placePath(path, partFolders) }] : [],
  )
  const duplicates = new Map(
    duplicateClassFolders(usable.flatMap(({ classFolder }) => (classFolder === '' ? [] : [classFolder]))).map(
      ({ folder, keptFolder }) => [folder, keptFolder],
    ),
  )
  for (const [folder, keptFolder] of duplicates) {
    const message = `The class folders "${keptFolder}" and "${folder}" have names that differ only in case or Unicode form; "${folder}" was left out. Rename or merge them.`
    problems.add('error', 'duplicate-class-name', folder, message)
  }
  const placed = usable.flatMap(({ index, path, className, part, classFolder }) => {
    if (className === null) {
      problems.add('error', 'outside-class-folder', path, 'The image is not in a class folder.')
      return []
    }
    return duplicates.has(classFolder) ? [] : [{ index, className, part }]
  })
  const classNames = new Set(placed.map(({ className }) => className))
  noteEmptyClasses(folders, partFolders, classNames, duplicates, problems)
  return placed
}
