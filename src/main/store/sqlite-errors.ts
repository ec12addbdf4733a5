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
      `Another program is using ${path} (${thrown.message}).`,
      'Close other programs that have this file open, then try again.',
      cause,
    )
  }
  if (/^SQLITE_(IOERR|PROTOCOL|NOLFS)/.test(code)) {
    return new WorkbenchError(
      'home-broken',
      `The disk or its file system failed while the workbench was using ${path} (${code}: ${thrown.message}).`,
      'Check the disk first. Network folders often lack file locks: choose a home on a local disk with --home.',
      cause,
    )
  }
  return thrown
}

export function diskFull(path: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'disk-full',
    `The disk of ${path} is full.`,
    'Free some space, or delete runs that you no longer need, then try again. Everything saved before was kept.',
    { cause },
  )
}

/** `reason`: what is wrong with the file, half a sentence. */
export function brokenFile(path: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'home-broken',
    `The database ${path} is damaged: ${reason}.`,
    'It was not changed. Move it (keep it: "sqlite3 FILE .recover" can rescue parts of it) or restore it from a ' +
      'backup, or choose another home with --home. Your images are not affected.',
    { cause },
  )
}
