import { WorkbenchError } from '../../contract/errors'

/** Of a file that was to be taken in, and could not be opened or read: 'path-not-readable', in words that name it. */
export function readError(path: string, cause: unknown): WorkbenchError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  const reason = isMissing ? 'it does not exist' : cause instanceof Error ? cause.message : String(cause)
  const message = `${path} cannot be read: ${reason}.`
  return new WorkbenchError('path-not-readable', message, 'Nothing was changed.', { cause })
}
