/** Whether names that differ only in case are two names to a file system. */
import { join } from 'node:path'
import type { FileSource } from '../images/file-source'

/** `paths`: all that the folder holds, relative to it. Asks for one of them in other letters; true where none of them has any to change. */
export async function caseMatters(
  rootPath: string,
  paths: readonly string[],
  files: FileSource,
): Promise<boolean> {
  const known = new Set(paths)
  for (const path of paths) {
    const slash = path.lastIndexOf('/') + 1
    const name = path.slice(slash)
    const swapped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase()
    if (swapped === name || swapped.toLowerCase() !== name.toLowerCase()) continue
    const other = path.slice(0, slash) + swapped
    if (known.has(other)) return true
    try {
      await files.kindOf(join(rootPath, other))
      return false
    } catch {
      return true // there is no such name
    }
  }
  return true
}
