import { WorkbenchError } from '../../contract/errors'

/** Why `path` could not be written, in words that name it; what is no error of the file system comes back as it is. */
export function writeError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `The disk is full: ${path} was not written.`
    return new WorkbenchError('disk-full', message, 'Free some space, or write to another disk.', { cause })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const reason = code === 'EROFS' ? 'its disk is read-only' : 'you do not have permission'
    const message = `Cannot write ${path}: ${reason}.`
    return new WorkbenchError('not-allowed', message, 'Choose a folder that you can write to.', { cause })
  }
  const reason = reasons[code]
  if (reason === undefined) return cause
  return new WorkbenchError('bad-input', `Cannot write ${path}: ${reason}.`, 'Choose another name.', {
    cause,
  })
}

/** What `work` gives, which writes `path`. Throws as `writeError` says it. */
export function inWriteWords<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw writeError(path, thrown)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'something else has this name',
  ENOENT: 'its folder cannot be made there',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links form a loop',
  EBUSY: 'another program is using it',
  EXDEV: 'another disk is mounted there',
}
