import { WorkbenchError } from '../../contract/errors'

/**
 * SQLite's and the file system's complaints about the file at `path`, in plain words. What is neither (a defect, or an
 * error that is plain already) comes back as it is.
 */
export function plainStoreError(thrown: unknown, path: string): unknown {
  if (thrown instanceof WorkbenchError || !(thrown instanceof Error)) return thrown
  const code = String((thrown as { code?: unknown }).code ?? '')
  const cause = { cause: thrown }
  // SHMSIZE: not even the index of the write-ahead log, which a reader needs too, found room
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC' || code === 'EDQUOT')
    return diskFull(path, thrown)
  if (/^SQLITE_(READONLY|CANTOPEN|PERM)/.test(code) || /^(EROFS|EACCES|EPERM)$/.test(code)) {
    return new WorkbenchError(
      'home-read-only',
      `The workbench cannot write ${path} (${thrown.message}).`,
      'Make the folder and its files writable for this user, or choose another home with --home.',
      cause,
    )
  }
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return brokenFile(path, thrown.message, thrown)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new WorkbenchError(
      'home-locked',
      `Another program holds ${path} (${thrown.message}).`,
      'Close what else has this file open, then try again.',
      cause,
    )
  }
  if (/^SQLITE_(IOERR|PROTOCOL|NOLFS)/.test(code)) {
    return new WorkbenchError(
      'home-broken',
      `The disk or its file system failed while the workbench used ${path} (${code}: ${thrown.message}).`,
      'Look at the disk first. Network folders often lack the locks that are needed: choose a home on a local disk with --home.',
      cause,
    )
  }
  return thrown
}

export function diskFull(path: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'disk-full',
    `The disk that holds ${path} is full.`,
    'Free some space, or delete runs that are no longer wanted, then try again. Everything saved before is kept.',
    { cause },
  )
}

/** `reason`: what is wrong with the file, half a sentence. */
export function brokenFile(path: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'home-broken',
    `The database ${path} is damaged: ${reason}.`,
    'It was left as it is. Move it aside (keep it: parts can be rescued with "sqlite3 FILE .recover") or restore it from a ' +
      'backup, or choose another home with --home. The images are not touched by this.',
    { cause },
  )
}
