/**
 * A folder of images: `root/class/…/image`, or parts with the classes in them, `root/train/class/…/image`, under the names and at the depths that
 * folder-layout.ts recognizes.
 */
import { WorkbenchError } from '../../contract/errors'
import type { FileSource } from '../images/file-source'
import { hasImageName } from '../images/image-names'
import { caseMatters } from './case-matters'
import { duplicateClassFolders, foldCase, noteSimilarClasses } from './class-names'
import { filesBelow } from './files'
import { checkRoot, noteEmptyClasses } from './folder-checks'
import { recognizeLayout, type FolderLayout } from './folder-layout'
import { noteLayout, notePassedOver, placePath } from './folder-place'
import { walkTree, type WalkedTree } from './folder-walk'
import type { ProblemList } from './problem-list'
import type { Listing, Looked, Placement, SourceAddress, SourceKind, SourceWords } from './source'

export const folderKind: SourceKind = {
  kind: 'folder',
  text: 'Folder of images',
  endings: [],
  open(address, files) {
    const { path } = address
    const words = wordsOf(path)
    const links = new Map(address.links)
    return {
      ...filesBelow(path, words, files, links),
      address,
      words,
      async list({ problems, onProgress }) {
        await checkRoot(path, files)
        const tree = await walkTree({ rootPath: path, files, problems, onFolder: onProgress })
        for (const [key, target] of tree.links) links.set(key, target)
        return listingOfTree(address, tree, await areTwoNames(path, tree, files))
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

/** Of what was walked through, whatever it is in. `areTwo`: whether names that differ in case alone are two. It and its `place` throw 'layout-unclear'. */
export function listingOfTree(address: SourceAddress, tree: WalkedTree, areTwo: boolean): Listing {
  const { files, folders, links } = tree
  // By their names first: nobody waits for thousands of images to be read before being asked.
  const byNames = layoutOf(address, files.filter(hasImageName))
  return {
    keys: files,
    links,
    isUnlabelled: byNames.isUnlabelled === true,
    place(looked, problems) {
      const layout = layoutOf(
        address,
        files.filter((_, index) => looked.isImage(index)),
      )
      noteLayout(layout, address.folders !== undefined, problems)
      return place(tree, layout, areTwo, looked, problems)
    },
    hintForOneClass(className) {
      const inner = folders.filter(
        (folder) => folder.startsWith(`${className}/`) && folder.split('/').length === 2,
      )
      if (inner.length < 2) return null
      return `Did you mean the folder ${address.path}/${className}? It has ${String(inner.length)} subfolders.`
    },
  }
}

/** Throws 'layout-unclear'. */
function layoutOf({ path, folders }: SourceAddress, imagePaths: readonly string[]): FolderLayout {
  const layout = recognizeLayout(imagePaths, folders)
  if (!('unclear' in layout)) return layout
  const [instead] = layout.instead
  const orOne = instead === undefined ? '' : ` Or import one folder alone, such as ${path}/${instead}.`
  throw new WorkbenchError(
    'layout-unclear',
    `The folders of ${path} can be read in two ways. ${layout.unclear} Nothing was imported.`,
    `Choose whether these folders are classes, or parts (train, val, test) with the classes in them.${orOne}`,
  )
}

/** Whether two names that differ only in case are two: asked of the file system only where there are such names. */
async function areTwoNames(rootPath: string, tree: WalkedTree, files: FileSource): Promise<boolean> {
  const names = new Set(
    tree.folders.map((folder) => folder.slice(folder.lastIndexOf('/') + 1).normalize('NFC')),
  )
  const folded = new Set([...names].map(foldCase))
  return names.size === folded.size || caseMatters(rootPath, [...tree.folders, ...tree.files], files)
}

function place(
  { files, folders }: WalkedTree,
  layout: FolderLayout,
  areTwo: boolean,
  looked: Looked,
  problems: ProblemList,
): Placement[] {
  const usable = files.flatMap((path, index) =>
    looked.isUsable(index) ? [{ index, path, ...placePath(path, layout) }] : [],
  )
  const classFolders = usable.flatMap(({ classFolder }) => (classFolder === '' ? [] : [classFolder]))
  const duplicates = new Set<string>()
  for (const { folder, keptFolder, differ } of duplicateClassFolders(classFolders, areTwo)) {
    duplicates.add(folder)
    const why =
      differ === 'in case'
        ? 'have names that differ only in case, which this file system takes for one name'
        : 'have the same name, written in two Unicode forms'
    const message = `The class folders "${keptFolder}" and "${folder}" ${why}; "${folder}" was left out. Rename or merge them.`
    problems.add('error', 'duplicate-class-name', folder, message)
  }
  const passedOver = new Map<string, number>()
  const placed = usable.flatMap(({ index, path, className, part, classFolder, passedOver: folder }) => {
    if (className === null) {
      if (folder !== '') passedOver.set(folder, (passedOver.get(folder) ?? 0) + 1)
      else problems.add('error', 'outside-class-folder', path, 'The image is not in a class folder.')
      return []
    }
    return duplicates.has(classFolder) ? [] : [{ index, className, part }]
  })
  notePassedOver(passedOver, layout, problems)
  const classNames = new Set(placed.map(({ className }) => className))
  noteEmptyClasses(folders, layout, classNames, duplicates, problems)
  noteSimilarClasses(classNames, problems)
  return placed
}
