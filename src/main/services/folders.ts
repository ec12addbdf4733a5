/** The folders of a folder, for the path field of a shell that has no dialog. */
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import type { DomainHandlers } from './handlers'

/** Counted by name alone: the import looks inside. The formats are those that the import reads. */
const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff', '.bmp'])

export function foldersHandlers(): DomainHandlers<'folders'> {
  return {
    'folders.list': async ({ path }) => {
      const asked = path === '' ? homedir() : resolve(expandHome(path))
      const entries = await readFolder(asked)
      const folders: string[] = []
      let imageCount = 0
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue
        if (
          entry.isDirectory() ||
          (entry.isSymbolicLink() && (await leadsToFolder(join(asked, entry.name))))
        ) {
          folders.push(entry.name)
        } else if (imageExtensions.has(extname(entry.name).toLowerCase())) imageCount++
      }
      folders.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      const parent = dirname(asked)
      return { path: asked, parent: parent === asked ? null : parent, folders, imageCount }
    },
  }
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
}

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') {
      throw new WorkbenchError('path-not-found', `There is no folder ${path}.`, 'Check the path.', { cause })
    }
    if (code === 'ENOTDIR') {
      throw new WorkbenchError('not-a-folder', `${path} is not a folder.`, 'Choose the folder it is in.', {
        cause,
      })
    }
    throw new WorkbenchError(
      'path-not-readable',
      `The folder ${path} cannot be read (${code ?? 'unknown reason'}).`,
      'Give yourself the right to read it.',
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
