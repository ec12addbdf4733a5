/** What the system refuses concerns all that is to be read, not one image: it ends the import or search, with one error in place of thousands. */
import { WorkbenchError } from '../../contract/errors'
import { reasonOf } from './file-source'

/** What may be wrong with one file alone. Of permissions see below. */
const ofOneFile: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENXIO',
  'EFBIG',
  'EOVERFLOW',
  'EILSEQ',
  'EINVAL',
])

/** A decoder's own words where it could not keep what it decodes. */
const ofTheMachine =
  /no space left on device|too many open files|cannot allocate memory|input\/output error|out of memory/i

/**
 * Whether `error` is the system's: no more open files, a disk that fails or is full, no memory, a drive that has gone, or a folder that may not be
 * looked into (its files' facts cannot be had either; that a single file may not be opened is its own fault).
 */
export function refusedBySystem(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = facts(error)
  if (code === undefined || syscall === undefined) return ofTheMachine.test(error.message)
  if (isDenied(error)) return syscall !== 'open' && syscall !== 'read'
  return !ofOneFile.has(code)
}

/** Whether a permission is missing. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
}

/** 'path-not-readable', or 'disk-full'. `path`: what was to be read. */
export function systemRefusal(path: string, error: unknown): WorkbenchError {
  const { isFull, what, remedy } = refusalWords(path, error)
  const code = isFull ? 'disk-full' : 'path-not-readable'
  return new WorkbenchError(code, `${what} Nothing was changed.`, `${remedy} Then try again.`, {
    cause: error,
  })
}

/** What happened and what helps, each a sentence. */
export function refusalWords(
  path: string,
  error: unknown,
): { readonly isFull: boolean; readonly what: string; readonly remedy: string } {
  const { code } = error instanceof Error ? facts(error) : {}
  const said = error instanceof Error ? error.message : ''
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || /no space left/i.test(said)
  return {
    isFull,
    what: `The system does not let the workbench read ${path}: ${reasonOf(error).replace(/\.$/, '')}.`,
    remedy: remedyOf(isFull ? 'ENOSPC' : code, said),
  }
}

function remedyOf(code: unknown, said: string): string {
  if (code === 'EACCES' || code === 'EPERM')
    return 'Give yourself permission to list and open this folder (chmod u+rx), or move it out of what you chose.'
  if (code === 'ENOSPC') return 'Free some space on the disk of the system’s temporary files.'
  if (code === 'EMFILE' || code === 'ENFILE' || /too many open/i.test(said))
    return 'Close other programs, or raise the limit of open files (ulimit -n).'
  if (code === 'ENOMEM' || /allocate|out of memory/i.test(said)) return 'Close other programs to free memory.'
  return 'Check that the drive is connected and works.'
}

function facts(error: Error): Readonly<Record<'code' | 'syscall', unknown>> {
  return {
    code: 'code' in error ? error.code : undefined,
    syscall: 'syscall' in error ? error.syscall : undefined,
  }
}
