/** What is said of a folder as a whole: it cannot be read, or folders in it have no images. */
import { WorkbenchError } from '../../contract/errors'
import type { FileSource } from '../images/file-source'
import { isDenied, refusedBySystem, systemRefusal } from '../images/system-refusal'
import type { ProblemList } from './problem-list'
import type { FolderLayout } from './folder-layout'
import { classOfFolder } from './folder-place'

export async function checkRoot(rootPath: string, files: FileSource): Promise<void> {
  try {
    if ((await files.kindOf(rootPath)) !== 'folder') {
      throw new WorkbenchError(
        'not-a-folder',
        `${rootPath} is not a folder.`,
        'Choose a folder with one subfolder per class, or a list or table of images.',
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
    // without a permission it is the folder's own matter, else the system's
    if (!isDenied(cause) && refusedBySystem(cause)) throw systemRefusal(rootPath, cause)
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
  layout: FolderLayout,
  classNames: ReadonlySet<string>,
  duplicates: ReadonlySet<string>,
  problems: ProblemList,
): void {
  for (const folder of folders) {
    const name = classOfFolder(folder, layout)
    if (name === '' || classNames.has(name) || duplicates.has(folder)) continue
    problems.add('error', 'empty-class', folder, 'The folder has no usable image, so it is not a class.')
  }
}
