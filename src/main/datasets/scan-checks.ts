/** What a scan says of the whole: the root that cannot be read, empty classes, classes that a part lacks, a folder that is no dataset. */
import { type SplitPart, splitParts } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import type { FileSource } from '../images/file-source'
import type { ProblemList } from './problem-list'
import { classOfFolder } from './scan-layout'

export async function checkRoot(rootPath: string, files: FileSource): Promise<void> {
  try {
    if ((await files.kindOf(rootPath)) !== 'folder') {
      throw new WorkbenchError(
        'not-a-folder',
        `${rootPath} is not a folder.`,
        'Choose a folder with one subfolder per class.',
      )
    }
    await files.list(rootPath)
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new WorkbenchError('path-not-found', `There is no folder ${rootPath}.`, 'Check the path.', {
        cause,
      })
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new WorkbenchError(
      'path-not-readable',
      `Cannot read the folder ${rootPath}: ${reason}`,
      'Check that you have permission to read it, or choose another.',
      { cause },
    )
  }
}

export function noteEmptyClasses(
  folders: readonly string[],
  partFolders: boolean,
  classNames: ReadonlySet<string>,
  duplicates: ReadonlyMap<string, string>,
  problems: ProblemList,
): void {
  for (const folder of folders) {
    const name = classOfFolder(folder, partFolders)
    if (name === '' || classNames.has(name) || duplicates.has(folder)) continue
    problems.add('error', 'empty-class', folder, 'The folder has no usable image, so it is not a class.')
  }
}

export function refuseUseless(
  rootPath: string,
  classNames: readonly string[],
  imageCount: number,
  problems: ProblemList,
  folders: readonly string[],
): void {
  const layout = 'The folder needs one subfolder per class, with the images in it.'
  if (imageCount === 0) {
    const first = problems.read().find((problem) => problem.severity === 'error')
    const example = first ? ` For example ${first.path}: ${first.message}` : ''
    throw new WorkbenchError(
      'dataset-empty',
      `No usable image was found in the class folders of ${rootPath}.${example}`,
      layout,
    )
  }
  const [only] = classNames
  if (classNames.length === 1 && only !== undefined) {
    const inner = folders.filter((folder) => folder.startsWith(`${only}/`) && folder.split('/').length === 2)
    const hint =
      inner.length > 1
        ? `Did you mean the folder ${rootPath}/${only}? It has ${inner.length} subfolders.`
        : layout
    const message = `${rootPath} has only one class, "${only}"; a classifier needs at least two.`
    throw new WorkbenchError('dataset-one-class', message, hint)
  }
}

export function noteMissingClasses(
  images: readonly { classIndex: number }[],
  parts: readonly SplitPart[],
  classNames: readonly string[],
  problems: ProblemList,
): void {
  for (const part of splitParts) {
    const present = new Set<number>()
    images.forEach((image, index) => {
      if (parts[index] === part) present.add(image.classIndex)
    })
    if (present.size === 0) continue
    classNames.forEach((name, classIndex) => {
      if (present.has(classIndex)) return
      const message = `The class "${name}" has no image in the ${part} part. It is still one of the classes.`
      problems.add('note', 'class-missing-from-split', name, message)
    })
  }
}
