/** A file written as its content comes: whole under its name at the end, or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { recordTemporary, sweepBeside, temporaryBeside } from '../files/temporary'
import { WorkbenchError } from '../../contract/errors'

export interface StreamedFile {
  /** Open for reading and writing. */
  readonly handle: number
  append(content: Uint8Array | string): void
  /** Gives it its name; one of that name is replaced. */
  finish(): void
  /** Takes away what was not finished. */
  close(): void
}

/** Folders on the way are made. `unfinishedPath`: where a record of it is kept until it is whole, for the case that this process is killed. Throws 'not-allowed', 'disk-full', 'bad-input', here and at each write. */
export function openStreamedFile(path: string, unfinishedPath: string | null = null): StreamedFile {
  const partial = temporaryBeside(path)
  const inWords = <T>(work: () => T): T => {
    try {
      return work()
    } catch (thrown) {
      throw writeError(path, thrown)
    }
  }
  const handle = inWords(() => {
    mkdirSync(dirname(path), { recursive: true })
    sweepBeside(path)
    return openSync(partial, 'wx+')
  })
  const forget = recordTemporary(unfinishedPath, partial, path)
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
        renameSync(partial, path)
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

function writeError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `The disk is full: ${path} was not written.`
    return new WorkbenchError('disk-full', message, 'Free some space, or write to another disk.', { cause })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const message = `You do not have permission to write ${path}.`
    return new WorkbenchError('not-allowed', message, 'Choose a folder that you can write to.', { cause })
  }
  if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST' || code === 'ENAMETOOLONG') {
    const message = `Cannot write ${path}: ${cause instanceof Error ? cause.message : ''}`
    return new WorkbenchError('bad-input', message, 'Choose another name.', { cause })
  }
  return cause
}
