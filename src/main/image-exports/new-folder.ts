/** A folder of copies or links, with a folder of each class, that appears whole under a name that nothing has. */
import { existsSync, realpathSync } from 'node:fs'
import { link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ImageExportFormat } from '../../contract/entities/image-export'
import { WorkbenchError } from '../../contract/errors'
import { freeName, safeFileName } from '../../domain/file-names'
import { makeFolders } from '../files/make-folders'
import { recordTemporary, sweepBeside, temporaryBeside } from '../files/temporary'
import { writeError } from '../files/write-error'
import type { ExportedImage } from './exported-images'

type FolderFormat = Exclude<ImageExportFormat, 'paths' | 'csv' | 'coco'>

/**
 * Every name in it is made here, so that none leads out of it. Images that cannot be read are left out and counted. Nothing stays where it throws or is
 * cancelled.
 */
export async function newFolder(
  unfinishedPath: string | null,
  target: string,
  images: AsyncIterable<ExportedImage>,
  format: FolderFormat,
  onLeftOut: () => void,
): Promise<void> {
  sweepBeside(target)
  const partial = temporaryBeside(target)
  let isThere = false
  const forget = recordTemporary(unfinishedPath, partial, target)
  const folders = new Map<string, { readonly path: string; readonly taken: Set<string> }>()
  const folderNames = new Set<string>()
  let putCount = 0
  let lost = ''
  try {
    makeFolders(dirname(target))
    await mkdir(partial)
    isThere = true
    for await (const image of images) {
      let folder = folders.get(image.className)
      if (folder === undefined) {
        const path = join(partial, freeName(safeFileName(image.className), folderNames))
        folders.set(image.className, (folder = { path, taken: new Set() }))
        await mkdir(path)
      }
      const name = freeName(safeFileName(fileNameOf(image)), folder.taken)
      if (await put(image, join(folder.path, name), format)) putCount++
      else {
        lost = image.name
        onLeftOut()
      }
    }
    if (putCount === 0) throw allLost(lost)
    if (existsSync(target)) throw Object.assign(new Error('taken'), { code: 'EEXIST' })
    await rename(partial, target)
  } catch (thrown) {
    throw writeError(target, thrown)
  } finally {
    if (isThere) await rm(partial, { recursive: true, force: true })
    forget()
  }
}

/** Of one in a table its key may be no name of a file. */
function fileNameOf({ facts: { path, format } }: ExportedImage): string {
  const name = basename(path.replaceAll('\\', '/'))
  return /\.[a-z\d]{2,5}$/i.test(name) ? name : `${name}.${format}`
}

/** Whether it is there now. Throws where none can be written so. */
async function put(image: ExportedImage, path: string, format: FolderFormat): Promise<boolean> {
  if (format === 'copies') {
    const bytes = await image.read().catch(() => null)
    if (bytes === null) return false
    await writeFile(path, bytes, { flag: 'wx' })
    return true
  }
  const from = image.filePath()
  if (from === null) {
    if (await image.read().catch(() => null)) throw withinAnother(image.name)
    return false
  }
  let file
  try {
    // The file itself where it is a link: a hard link to a link would be that.
    file = realpathSync(from)
  } catch {
    return false // gone since it was looked at
  }
  try {
    await (format === 'links' ? symlink(file, path, 'file') : link(file, path))
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : ''
    if (format === 'hard-links' && code === 'EXDEV') throw otherDisk(thrown)
    throw thrown
  }
  return true
}

function allLost(example: string): WorkbenchError {
  return new WorkbenchError(
    'images-missing',
    `None of the chosen images can be read, for example ${example}. Nothing was written.`,
    'Connect the drive with the images, or put their folder back, then try again. If they are at another place now, locate them there first.',
  )
}

function withinAnother(name: string): WorkbenchError {
  return new WorkbenchError(
    'unsupported',
    `${name} is within another file, so that nothing can be linked to it.`,
    'Choose a folder of copies. Nothing was written.',
  )
}

function otherDisk(cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'unsupported',
    'A hard link must be on the disk of the images.',
    'Choose a folder there, symbolic links, or copies. Nothing was written.',
    { cause },
  )
}
