/** The disk, for the path fields of a shell that has no dialog, and where things lie on it. */
import { mkdir, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { sourceEndings } from '../sources/sources'
import type { ServiceContext } from './context'
import type { DomainHandlers } from './handlers'
import { wholePath } from './whole-path'
import { locate, reveal } from './reveal'

/** Counted by name alone: the import looks inside. The formats are those that the import reads. */
const imageEndings = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'tif', 'tiff', 'bmp']
const endingsOf = { images: imageEndings, datasets: sourceEndings }
const filesAtMost = 5_000

export function foldersHandlers(context: Pick<ServiceContext, 'db' | 'paths'>): DomainHandlers<'folders'> {
  return {
    'folders.list': async ({ path, files: asked = [] }) => {
      const listed = path === '' ? homedir() : wholePath(path)
      const wanted = new Set(typeof asked === 'string' ? endingsOf[asked] : asked)
      const folders: string[] = []
      const files: string[] = []
      let imageCount = 0
      for (const entry of await readFolder(listed)) {
        if (entry.name.startsWith('.')) continue
        const ending = extname(entry.name).slice(1).toLowerCase()
        if (
          entry.isDirectory() ||
          (entry.isSymbolicLink() && (await leadsToFolder(join(listed, entry.name))))
        ) {
          folders.push(entry.name)
          continue
        }
        if (imageEndings.includes(ending)) imageCount++
        if (wanted.has(ending)) files.push(entry.name)
      }
      folders.sort(inReadingOrder)
      files.sort(inReadingOrder)
      const parent = dirname(listed)
      return {
        path: listed,
        parent: parent === listed ? null : parent,
        ownPath: homedir(),
        folders,
        files: files.slice(0, filesAtMost),
        filesLeftOut: Math.max(0, files.length - filesAtMost),
        imageCount,
      }
    },
    'folders.make': async ({ parent, name }) => ({ path: await makeFolder(parent, name) }),
    'folders.locate': async (place) => ({ path: locate(context, place) }),
    'folders.reveal': async (place) => {
      await reveal(locate(context, place))
      return {}
    },
  }
}

function inReadingOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

async function makeFolder(parent: string, name: string): Promise<string> {
  if (/[/\\\0]/.test(name) || name === '.' || name === '..' || name.trim() !== name) {
    throw new WorkbenchError(
      'bad-input',
      `“${name}” cannot be the name of a folder.`,
      'Use a name without slashes, and without spaces at its ends.',
    )
  }
  const path = join(wholePath(parent), typedName(name, 'folder'))
  try {
    await mkdir(path)
    return path
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'EEXIST') {
      throw new WorkbenchError('name-taken', `${path} already exists.`, 'Choose it, or use another name.', {
        cause,
      })
    }
    if (code === 'ENOENT') throw notFound(dirname(path), cause)
    throw new WorkbenchError(
      'not-allowed',
      `Could not create the folder ${path} (${code ?? 'unknown reason'}).`,
      'Choose a folder that you can write to.',
      { cause },
    )
  }
}

function notFound(path: string, cause: unknown): WorkbenchError {
  return new WorkbenchError('path-not-found', `There is no folder ${path}.`, 'Check the path.', { cause })
}

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw notFound(path, cause)
    if (code === 'ENOTDIR') {
      throw new WorkbenchError(
        'not-a-folder',
        `${path} is not a folder.`,
        'Choose the folder that it is in.',
        {
          cause,
        },
      )
    }
    throw new WorkbenchError(
      'path-not-readable',
      `Cannot read the folder ${path} (${code ?? 'unknown reason'}).`,
      'Check that you have permission to read it.',
      { cause },
    )
  }
}

async function leadsToFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // A link that leads nowhere is no folder that one could choose.
    return false
  }
}
