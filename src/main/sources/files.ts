/** Images that are files of their own, below one folder; their keys are paths relative to it, with `/`. */
import { readFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { factsOf } from '../files/facts'
import { checkFiles, folderProblem, type CheckOptions, type FileCheck } from '../images/file-check'
import { diskFiles, readWholeImage, type FileSource } from '../images/file-source'
import { openedPath, openedPathNow, type LinkTargets } from './links'
import type { DatasetSource, ImageSource, SourceWords } from './source'

type OfFiles = Pick<DatasetSource, 'place' | 'readInside' | 'problem' | 'check'>

export function filesBelow(
  rootPath: string,
  { importAgain }: Pick<SourceWords, 'importAgain'>,
  files: FileSource,
  links: LinkTargets = new Map(),
): ImageSource & OfFiles {
  const pathOf = (key: string): string => join(rootPath, key)
  return {
    ...filesAt(rootPath, files, links),
    place: pathOf,
    async readInside(key) {
      const path = links.has(key)
        ? await openedPath(rootPath, key, links).catch((thrown: unknown) => {
            throw thrown instanceof WorkbenchError ? thrown : gone(pathOf(key), importAgain, thrown)
          })
        : await insideRoot(rootPath, pathOf(key), importAgain)
      try {
        return await readWholeImage((headByteCount, wanted) => files.read(path, headByteCount, wanted))
      } catch (thrown) {
        throw isNotThere(thrown) ? gone(pathOf(key), importAgain, thrown) : thrown
      }
    },
    async problem() {
      const reason = await folderProblem(rootPath)
      return reason === null ? null : { reason, isGone: factsOf(rootPath) === null }
    },
    check: async (keys, options) => withoutTurned(await checkFiles(rootPath, keys, options), keys, options),
  }

  /** A link that leads elsewhere now counts as missing: nothing of it is read. */
  async function withoutTurned(
    checked: FileCheck | null,
    keys: readonly string[],
    { stopped = () => false }: CheckOptions,
  ): Promise<FileCheck | null> {
    if (checked === null || links.size === 0) return checked
    const missing = new Map(checked.missing)
    for (const [index, key] of keys.entries()) {
      if (stopped()) return null
      if (!links.has(key) || missing.has(index)) continue
      await openedPath(rootPath, key, links).catch((thrown: unknown) => {
        missing.set(index, thrown instanceof Error ? thrown.message : String(thrown))
      })
    }
    return {
      missing: new Map([...missing].sort(([one], [other]) => one - other)),
      changed: checked.changed.filter((index) => !missing.has(index)),
    }
  }
}

/** Without a folder, keys are paths of their own. */
export function filesAt(
  rootPath = '',
  files: FileSource = diskFiles,
  links: LinkTargets = new Map(),
): ImageSource {
  const pathNow = (key: string): string | null => openedPathNow(rootPath, key, links)
  return {
    scope: rootPath,
    nameOf: (key) => join(rootPath, key),
    factsNow(key) {
      const path = pathNow(key)
      return path === null ? null : factsOf(path)
    },
    readNow(key, mostBytes) {
      const path = pathNow(key)
      if (path === null) return null
      const facts = factsOf(path)
      if (facts === null || !facts.isFile() || facts.size > mostBytes) return null
      try {
        return readFileSync(path)
      } catch {
        return null // `read` finds out why
      }
    },
    ownPath: (key) => (files === diskFiles && !links.has(key) ? join(rootPath, key) : null),
    read: async (key, headByteCount, wanted) =>
      files.read(await openedPath(rootPath, key, links), headByteCount, wanted),
  }
}

/** Whether one real path is the other, or lies below it. */
export function isWithin(realRoot: string, realPath: string): boolean {
  return realPath === realRoot || realPath.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)
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
    throw gone(path, importAgain, cause)
  }
}

/** A file can go at any moment, also between two looks at it. */
function isNotThere(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function gone(path: string, importAgain: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'path-not-found',
    `${path} is no longer there.`,
    `Put it back, or ${importAgain}.`,
    { cause },
  )
}
