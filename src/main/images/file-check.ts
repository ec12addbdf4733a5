/** Whether the files of images are there, by their facts alone: nothing is opened. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { eachAtMost } from './decode-queue'
import { reasonOf } from './file-source'

/** As the import found them. */
export interface FileFacts {
  readonly byteCounts: readonly number[]
  readonly modifiedMs: readonly number[]
}

export interface FileCheck {
  /** Indices into the paths, ascending, each with its reason, a sentence. */
  readonly missing: ReadonlyMap<number, string>
  /** There, with another size or time than `facts` says; ascending. */
  readonly changed: readonly number[]
}

export interface CheckOptions {
  /** null: only whether the files are there. */
  readonly facts: FileFacts | null
  /** How many have been looked at. */
  readonly onProgress?: (done: number) => void
  /** Asked between files. */
  readonly stopped?: () => boolean
}

/** A system call each, which waits for the disk: so many at once keep network drives busy, too. */
const atOnce = 64
const progressEvery = 256

/** Resolves to null where `stopped` said yes. */
export async function checkFiles(
  rootPath: string,
  paths: readonly string[],
  { facts, onProgress = () => undefined, stopped = () => false }: CheckOptions,
): Promise<FileCheck | null> {
  const missing = new Map<number, string>()
  const changed: number[] = []
  let done = 0
  let isStopped = false
  await eachAtMost(paths.length, atOnce, async (index) => {
    isStopped ||= stopped()
    if (isStopped) return
    try {
      const found = await stat(join(rootPath, paths[index] ?? ''))
      if (!found.isFile()) missing.set(index, 'It is no longer a file.')
      else if (facts !== null && hasChanged(found, facts, index)) changed.push(index)
    } catch (error) {
      missing.set(index, sentence(reasonOf(error)))
    }
    done += 1
    if (done % progressEvery === 0 || done === paths.length) onProgress(done)
  })
  if (isStopped || stopped()) return null
  const ascending = [...missing].sort(([one], [other]) => one - other)
  return { missing: new Map(ascending), changed: changed.sort((one, other) => one - other) }
}

/** Why the folder cannot be read, a sentence; null where it can. */
export async function folderProblem(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isDirectory()) return 'It is no longer a folder.'
    await access(path, constants.R_OK | constants.X_OK)
    return null
  } catch (error) {
    return sentence(reasonOf(error))
  }
}

/** Whether an image has other facts than those of `index`. */
export function hasChanged(
  { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number },
  { byteCounts, modifiedMs }: FileFacts,
  index: number,
): boolean {
  // a millisecond: some file systems round what others keep
  return size !== byteCounts[index] || Math.abs(mtimeMs - (modifiedMs[index] ?? NaN)) >= 1
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
