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
  if (code === 'SQLITE_READONLY_DBMOVED') {
    return new WorkbenchError(
      'home-unreachable',
      `${path} was moved or deleted while the workbench was using it.`,
      'Put it back, then close the workbench and start it again.',
      cause,
    )
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM)/.test(code) || /^(EROFS|EACCES|EPERM)$/.test(code)) {
    return new WorkbenchError(
      'home-read-only',
      `The workbench cannot write ${path} (${thrown.message}).`,
      'Make the folder and its files writable for this user, or choose another home with --home.',
      cause,
    )
  }
  if (code === 'SQLITE_NOTADB') return brokenFile(path, 'it does not begin as a database does', thrown)
  if (/^SQLITE_(CORRUPT|IOERR_SHORT_READ|IOERR_CORRUPTFS)/.test(code))
    return brokenFile(path, 'parts of it cannot be read', thrown)
  if (code === 'SQLITE_ERROR' && /^no such (table|column)/.test(thrown.message))
    return brokenFile(path, `it lacks a part (${thrown.message})`, thrown)
  if (/^SQLITE_(IOERR_)?NOMEM/.test(code)) {
    return new WorkbenchError(
      'out-of-memory',
      `There was not enough memory to read or write ${path}.`,
      'Close other programs, then try again. Everything saved before was kept.',
      cause,
    )
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new WorkbenchError(
      'home-locked',
      `Another program is using ${path} (${thrown.message}).`,
      'Close other programs that have this file open, then try again.',
      cause,
    )
  }
  if (/^(SQLITE_(IOERR|PROTOCOL|NOLFS)|EIO$|ESTALE$)/.test(code)) {
    return new WorkbenchError(
      'home-unreachable',
      `The disk or its file system failed while the workbench was using ${path} (${code}: ${thrown.message}).`,
      'Check the disk first. Network folders often lack file locks: choose a home on a local disk with --home.',
      cause,
    )
  }
  if (code.startsWith('SQLITE_')) {
    return new WorkbenchError(
      'internal',
      `The database ${path} did not take a change, or did not answer (${code}: ${thrown.message}). Nothing was changed.`,
      'This is a bug in the workbench. Everything saved before was kept.',
      cause,
    )
  }
  return thrown
}

export function diskFull(path: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'disk-full',
    `The disk of ${path} is full.`,
    'Free some space, or delete runs that you no longer need and empty the trash of runs, then try again. Everything saved before was kept.',
    { cause },
  )
}

const rescueWords =
  'Close the workbench and copy the file to a safe place. Then restore it from a backup, or rescue what can be read: ' +
  'sqlite3 OLD-FILE .recover | sqlite3 NEW-FILE. Or choose another home with --home. Your images are not affected.'

/** Of one checkpoint: the others, and all else, are not affected. `reason`: half a sentence. */
export function brokenCheckpoint(path: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'home-broken',
    `${path} is damaged: ${reason}.`,
    'Other checkpoints are not affected: "bitw checkpoints verify" finds those that are. With the workbench closed, "bitw doctor --repair" drops the damaged ones; a backup of the home may have them whole.',
  )
}

/** `reason`: what is wrong with the file, half a sentence. */
export function brokenFile(path: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('home-broken', `The database ${path} is damaged: ${reason}.`, rescueWords, {
    cause,
  })
}
