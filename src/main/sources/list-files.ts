/** Whether the files that a list names may be opened. */
import { dirname, join } from 'node:path'
import { eachAtMost } from '../images/decode-queue'
import type { FileSource } from '../images/file-source'
import { isWithin } from './files'
import { followLink, oddTarget } from './links'
import type { ListOptions } from './source'

export interface ListedFile {
  /** Its path below the folder of the list. */
  readonly key: string
  /** Where it is named, such as "Line 3". */
  readonly where: string
}

type Fault = readonly [code: 'unreadable' | 'symlink-outside', reason: string]

/** A few system calls each, which wait for the disk. */
const atOnce = 64

/** Those whose files are there and below the folder, or links there to files; these go into `links`. Of the others it says why not. */
export async function insideFolder<Entry extends ListedFile>(
  entries: readonly Entry[],
  folder: string,
  files: FileSource,
  links: Map<string, string>,
  { problems, onProgress }: ListOptions,
): Promise<Entry[]> {
  const realRoot = await files.realPath(folder)
  const faults = new Map<number, Fault>()
  let done = 0
  await eachAtMost(entries.length, atOnce, async (index) => {
    onProgress(done++)
    const entry = entries[index]
    const fault = entry === undefined ? null : await faultOf(entry.key)
    if (fault !== null) faults.set(index, fault)
  })

  async function faultOf(key: string): Promise<Fault | null> {
    const path = join(folder, key)
    const found = await followLink(path, files)
    if ('reason' in found) return ['unreadable', found.reason]
    const { target, kind } = found
    if (isWithin(realRoot, target)) return null
    const above = await files.realPath(dirname(path))
    if (!isWithin(realRoot, above)) {
      const reason = `the file is outside the folder of the list: a folder above it is a link to ${above}. Put the files themselves there, or links to them.`
      return ['symlink-outside', reason]
    }
    if (kind === 'folder') return ['symlink-outside', `it is a link to the folder ${target}.`]
    if (kind !== 'file') return ['unreadable', oddTarget(target)]
    links.set(key, target)
    return null
  }

  return entries.filter(({ key, where }, index) => {
    const fault = faults.get(index)
    if (fault !== undefined) problems.add('error', fault[0], key, `${where}: ${fault[1]}`)
    return fault === undefined
  })
}
