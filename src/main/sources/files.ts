/** Images that are files of their own, below one folder; their keys are paths relative to it, with `/`. */
import { readFileSync, statSync, type Stats } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { checkFiles, folderProblem } from '../images/file-check'
import { diskFiles, readImageFile, type FileSource } from '../images/file-source'
import type { DatasetSource, ImageSource, SourceWords } from './source'

type OfFiles = Pick<DatasetSource, 'place' | 'readInside' | 'problem' | 'check'>

export function filesBelow(
  rootPath: string,
  { importAgain }: Pick<SourceWords, 'importAgain'>,
  files: FileSource,
): ImageSource & OfFiles {
  const pathOf = (key: string): string => join(rootPath, key)
  return {
    ...filesAt(rootPath, files),
    place: pathOf,
    readInside: async (key) => readImageFile(await insideRoot(rootPath, pathOf(key), importAgain)),
    async problem() {
      const reason = await folderProblem(rootPath)
      return reason === null ? null : { reason, isGone: factsOf(rootPath) === null }
    },
    check: (keys, options) => checkFiles(rootPath, keys, options),
  }
}

/** Without a folder, keys are paths of their own. */
export function filesAt(rootPath = '', files: FileSource = diskFiles): ImageSource {
  const pathOf = (key: string): string => join(rootPath, key)
  return {
    scope: rootPath,
    nameOf: pathOf,
    factsNow: (key) => factsOf(pathOf(key)),
    readNow(key, mostBytes) {
      const path = pathOf(key)
      const facts = factsOf(path)
      if (facts === null || !facts.isFile() || facts.size > mostBytes) return null
      try {
        return readFileSync(path)
      } catch {
        return null // `read` finds out why
      }
    },
    read: (key, headByteCount, wanted) => files.read(pathOf(key), headByteCount, wanted),
  }
}

/** Whether one real path is the other, or lies below it. */
export function isWithin(realRoot: string, realPath: string): boolean {
  return realPath === realRoot || realPath.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)
}

/** null where there is none, or no way to it (no right, a drive that fails). */
function factsOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch {
    return null // `read` finds out why
  }
}

/** The real path of `path`. */
async function insideRoot(rootPath: string, path: string, importAgain: string): Promise<string> {
  const [root, file] = await Promise.all([existing(rootPath, importAgain), existing(path, importAgain)])
  if (isWithin(root, file)) return file
  throw new WorkbenchError(
    'not-allowed',
    `${path} is a link to ${file}, outside its dataset's folder.`,
    'Put the image itself into the folder, or import the folder that it is in.',
  )
}

async function existing(path: string, importAgain: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (cause) {
    throw new WorkbenchError(
      'path-not-found',
      `${path} is no longer there.`,
      `Put it back, or ${importAgain}.`,
      { cause },
    )
  }
}
