/** What is written under a name that a file has already. Only what the workbench wrote itself is ever replaced. */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { WorkbenchError } from '../../contract/errors'
import { otherThanFile } from './open-to-read'

/** Enough to know a file of ours by. */
const headBytes = 256

/**
 * The path to write: where `path` is a link, what it leads to, so that the link stays. Throws 'not-allowed' where something
 * lies there that is no file, or a file that `isOurs` does not know by its first bytes. An empty file is replaced.
 */
export function pathToWrite(path: string, isOurs: (head: Buffer) => boolean): string {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (facts === undefined) return path
  const other = otherThanFile(facts)
  if (other !== null) throw refused(path, `it is ${other}`)
  if (facts.size > 0 && !isOurs(headOf(path)))
    throw refused(path, 'the workbench did not write what lies there')
  return realpathSync(path)
}

function headOf(path: string): Buffer {
  const flags = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK)
  const handle = openSync(path, flags)
  try {
    if (!fstatSync(handle).isFile()) return Buffer.alloc(0)
    const head = Buffer.alloc(headBytes)
    return head.subarray(0, readSync(handle, head, 0, headBytes, 0))
  } finally {
    closeSync(handle)
  }
}

function refused(path: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'not-allowed',
    `${path} was not replaced: ${reason}.`,
    'It was not changed. Choose another name, or move it away first.',
  )
}
