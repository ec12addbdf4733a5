/** Finds every file below a folder. Follows links to files, and to folders within it, and no link in a circle. */
import { join } from 'node:path'
import { type FileSource, type FolderEntry, reasonOf } from '../images/file-source'
import { isDenied, refusedBySystem, systemRefusal } from '../images/system-refusal'
import { isWithin } from './files'
import { followLink, oddTarget, sentence } from './links'
import type { ProblemList } from './problem-list'

export interface WalkedTree {
  /** Relative to the root, with `/`, in byte order within each folder. */
  readonly files: string[]
  readonly folders: string[]
  /** Of files that are links out of the root: the real path of what each leads to. */
  readonly links: Map<string, string>
}

export interface WalkOptions {
  readonly rootPath: string
  readonly files: FileSource
  readonly problems: ProblemList
  /** Called for each folder; throws to end the walk. */
  readonly onFolder: (fileCount: number) => void
}

export async function walkTree(options: WalkOptions): Promise<WalkedTree> {
  const { rootPath, files: source, problems } = options
  const tree: WalkedTree = { files: [], folders: [], links: new Map() }
  const realRoot = await source.realPath(rootPath)
  const followed = new Set<string>([realRoot])

  /** `ancestors`: the real paths from the root to this folder. */
  async function visit(folder: string, ancestors: readonly string[]): Promise<void> {
    options.onFolder(tree.files.length)
    let entries: FolderEntry[]
    try {
      entries = await source.list(join(rootPath, folder))
    } catch (error) {
      if (folder === '') throw error
      // its images would be missing without a word
      if (isDenied(error) || refusedBySystem(error)) throw systemRefusal(join(rootPath, folder), error)
      problems.add('error', 'unreadable', folder, `The folder cannot be read: ${reasonOf(error)}`)
      return
    }
    entries.sort((a, b) => Buffer.compare(a.nameBytes, b.nameBytes))
    for (const entry of entries) await take(folder, ancestors, entry)
  }

  async function take(folder: string, ancestors: readonly string[], entry: FolderEntry): Promise<void> {
    const name = entry.nameBytes.toString('utf8')
    const path = folder === '' ? name : `${folder}/${name}`
    if (!Buffer.from(name, 'utf8').equals(entry.nameBytes)) {
      problems.add('error', 'unreadable', path, 'The name is not valid UTF-8. Rename it to use it.')
    } else if (isHidden(name)) {
      problems.add('note', 'hidden', path, 'Hidden and system files and folders are skipped.')
    } else if (entry.kind === 'file') {
      tree.files.push(path)
    } else if (entry.kind === 'folder') {
      tree.folders.push(path)
      await visit(path, [...ancestors, join(ancestors.at(-1) ?? realRoot, name)])
    } else if (entry.kind === 'link') {
      await follow(path, ancestors)
    } else {
      problems.add(
        'error',
        'unreadable',
        path,
        'It is neither a file nor a folder (a device, a socket or a pipe).',
      )
    }
  }

  async function follow(path: string, ancestors: readonly string[]): Promise<void> {
    const found = await followLink(join(rootPath, path), source)
    if ('reason' in found) return problems.add('error', 'unreadable', path, sentence(found.reason))
    const { target, kind } = found
    const isOutside = !isWithin(realRoot, target)
    if (kind === 'file') {
      tree.files.push(path)
      if (isOutside) tree.links.set(path, target)
    } else if (kind !== 'folder') {
      problems.add('error', 'unreadable', path, sentence(oddTarget(target)))
    } else if (isOutside) {
      const message = `It is a link to the folder ${target}, outside this one, and was left out. Put the folder itself here, or links to its files.`
      problems.add('error', 'symlink-outside', path, message)
    } else if (followed.has(target) || ancestors.includes(target)) {
      problems.add('note', 'symlink-outside', path, `It is a link to ${target}, which is already included.`)
    } else {
      followed.add(target)
      tree.folders.push(path)
      await visit(path, [...ancestors, target])
    }
  }

  await visit('', [realRoot])
  return tree
}

const systemNames = new Set([
  'lost+found',
  'System Volume Information',
  '__MACOSX',
  'Thumbs.db',
  'desktop.ini',
  'Icon\r',
  '@eaDir',
  '$RECYCLE.BIN',
])

export function isHidden(name: string): boolean {
  return name.startsWith('.') || systemNames.has(name)
}
