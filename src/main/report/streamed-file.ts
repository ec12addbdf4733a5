/** A file written as its content comes: whole under its name at the end, or not at all. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolders } from '../files/make-folders'
import { pathToWrite } from '../files/replaceable'
import { recordTemporary, sweepBeside, temporaryBeside } from '../files/temporary'
import { writeError } from '../files/write-error'

export interface StreamedFile {
  /** Open for reading and writing. */
  readonly handle: number
  append(content: Uint8Array | string): void
  /** Gives it its name, in the place of an earlier one of ours. */
  finish(): void
  /** Takes away what was not finished. */
  close(): void
}

/**
 * Folders on the way are made. `isOurs`: whether a file that has the name already begins as those that are written so do; another one is never
 * replaced. `unfinishedPath`: where a record of it is kept until it is whole, for the case that this process is killed. Throws 'not-allowed',
 * 'disk-full', 'bad-input', here and at each write.
 */
export function openStreamedFile(
  path: string,
  isOurs: (head: Buffer) => boolean,
  unfinishedPath: string | null = null,
): StreamedFile {
  const inWords = <T>(work: () => T): T => {
    try {
      return work()
    } catch (thrown) {
      throw writeError(path, thrown)
    }
  }
  const target = inWords(() => pathToWrite(path, isOurs))
  const partial = temporaryBeside(target)
  const handle = inWords(() => {
    makeFolders(dirname(path))
    sweepBeside(target)
    return openSync(partial, 'wx+')
  })
  const forget = recordTemporary(unfinishedPath, partial, target)
  let isOpen = true
  return {
    handle,
    append: (content) =>
      inWords(() => {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content
        for (let written = 0; written < bytes.length;)
          written += writeSync(handle, bytes, written, bytes.length - written)
      }),
    finish: () =>
      inWords(() => {
        fsyncSync(handle)
        closeSync(handle)
        isOpen = false
        // What came there meanwhile is not ours either.
        renameSync(partial, pathToWrite(path, isOurs))
        forget()
      }),
    close() {
      if (isOpen) closeSync(handle)
      isOpen = false
      rmSync(partial, { force: true })
      forget()
    },
  }
}
