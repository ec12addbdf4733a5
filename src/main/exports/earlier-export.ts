/** An earlier export where a new one is to go. Of a user's folder, only what the certificate lists is ever deleted, and only as it was written. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { certificateName, certificateSchema } from '../../contract/entities/export'
import { WorkbenchError } from '../../contract/errors'
import { openToRead } from '../files/open-to-read'
import { hashFile } from '../models/file-hash'

/** What lies in the folder of an export and is its own. */
export interface EarlierExport {
  /** Paths in the folder, with `/`; with what tells whether a file is still the one that was looked at. */
  readonly files: ReadonlyMap<string, string>
  /** The deepest first. */
  readonly folders: readonly string[]
}

/** A certificate of 21,843 classes has 0.2 MB. */
const longestCertificateBytes = 50e6
/** Names that an error says; the rest is counted. */
const mostNames = 5

/** Throws 'not-allowed' where the folder is no export, or holds anything that is not as the export wrote it, by name. An empty folder is fine. */
export async function earlierExport(folder: string): Promise<EarlierExport> {
  const { files, folders, others } = await look(folder).catch((cause: unknown) => {
    throw noExport(folder, cause)
  })
  if (files.size + folders.length + others.length === 0) return { files, folders }
  const written = await writtenFiles(folder)
  const changed: string[] = []
  for (const path of files.keys()) {
    const sha256 = written.get(path)
    if (path === certificateName) continue
    if (sha256 === undefined) others.push(path)
    else if ((await hashFile(join(folder, path))).sha256 !== sha256) changed.push(path)
  }
  const isHolder = (path: string): boolean => [...written.keys()].some((file) => file.startsWith(`${path}/`))
  others.push(...folders.filter((path) => !isHolder(path)).map((path) => `${path}/`))
  if (others.length > 0) throw refused(folder, `it holds ${names(others)}, which the export did not write`)
  if (changed.length > 0) throw refused(folder, `${names(changed)} changed since the export wrote it`)
  return { files, folders }
}

/**
 * Puts the folder `made` in the place of `target`. What was there goes only once the new one is in its place, file by file; where something came or
 * changed since `earlier` was looked at, it stays and nothing is replaced. Throws 'not-allowed'.
 */
export async function replaceExport(
  target: string,
  made: string,
  earlier: EarlierExport | null,
): Promise<void> {
  if (earlier === null) {
    if (existsSync(target)) throw refused(target, 'it came there while the export was being written')
    return rename(made, target)
  }
  // Of a name of its own: what a killed process leaves of it is whole, and no part of an export.
  const old = `${target}.earlier-${randomUUID().slice(0, 8)}`
  await rename(target, old)
  try {
    if (!same(await look(old), earlier))
      throw refused(target, 'what it holds changed while the export was being written')
    await rename(made, target)
  } catch (thrown) {
    await rename(old, target)
    throw thrown
  }
  for (const path of earlier.files.keys()) await unlink(join(old, path))
  for (const path of [...earlier.folders, '.']) await rmdir(join(old, path))
}

/** SHA-256 by path, as the certificate says. */
async function writtenFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const handle = await openToRead(join(folder, certificateName))
    try {
      if ((await handle.stat()).size > longestCertificateBytes) throw new Error('it is too long')
      const text = await handle.readFile('utf8')
      const { files } = certificateSchema.pick({ files: true }).parse(JSON.parse(text))
      return new Map(files.map(({ path, sha256 }) => [path, sha256]))
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw noExport(folder, cause)
  }
}

async function look(
  folder: string,
): Promise<{ files: Map<string, string>; folders: string[]; others: string[] }> {
  const files = new Map<string, string>()
  const folders: string[] = []
  const others: string[] = []
  const visit = async (inside: string): Promise<void> => {
    for (const entry of await readdir(join(folder, inside), { withFileTypes: true })) {
      const path = posix.join(inside, entry.name)
      if (entry.isDirectory()) {
        await visit(path)
        folders.push(path)
      } else if (entry.isFile()) {
        const { size, mtimeMs, ino } = await lstat(join(folder, path))
        files.set(path, `${size} ${mtimeMs} ${ino}`)
      } else others.push(path) // a link, or what is no file: no export writes such
    }
  }
  await visit('')
  return { files, folders, others }
}

function same(now: Awaited<ReturnType<typeof look>>, { files, folders }: EarlierExport): boolean {
  return (
    now.others.length === 0 &&
    now.files.size === files.size &&
    now.folders.length === folders.length &&
    [...files].every(([path, stamp]) => now.files.get(path) === stamp)
  )
}

function names(paths: readonly string[]): string {
  const shown = paths.slice(0, mostNames).map((path) => `“${path}”`)
  const rest = paths.length - shown.length
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function noExport(folder: string, cause: unknown): WorkbenchError {
  return refused(folder, 'it is not an export of the workbench', cause)
}

function refused(folder: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'not-allowed',
    `${folder} was not replaced: ${reason}.`,
    'Nothing in it was changed. Choose another folder, or move away what you want to keep.',
    { cause },
  )
}
