/**
 * Files that a user names, opened so that nothing waits for ever: a pipe without a writer keeps whoever opens it, and with
 * it a thread that no signal reaches; opening some devices does something.
 */
import { closeSync, constants, fstatSync, openSync, statSync, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'

/** Where a pipe took the file's place since it was looked at, it is opened without a wait, and refused then. */
const readAtOnce = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK)

/** Whoever gets the handle closes it. Throws an Error whose message goes on from "it", or the system's. */
export async function openToRead(path: string): Promise<FileHandle> {
  refuseOther(await stat(path))
  const handle = await open(path, readAtOnce)
  try {
    refuseOther(await handle.stat())
    return handle
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** The same, at once. Whoever gets the descriptor closes it. Throws the same. */
export function openToReadNow(path: string): { readonly descriptor: number; readonly facts: Stats } {
  refuseOther(statSync(path))
  const descriptor = openSync(path, readAtOnce)
  try {
    const facts = fstatSync(descriptor)
    refuseOther(facts)
    return { descriptor, facts }
  } catch (thrown) {
    closeSync(descriptor)
    throw thrown
  }
}

/** What it is instead of a file, with its article; null for a file. */
export function otherThanFile(facts: Stats): string | null {
  if (facts.isFile()) return null
  if (facts.isDirectory()) return 'a folder'
  if (facts.isFIFO()) return 'a pipe'
  if (facts.isSocket()) return 'a socket'
  return 'a device'
}

function refuseOther(facts: Stats): void {
  const other = otherThanFile(facts)
  if (other !== null) throw new Error(`it is not a file but ${other}`)
}
