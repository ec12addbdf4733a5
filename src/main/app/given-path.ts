import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { WorkbenchError } from '../../contract/errors'

/**
 * A path that came from outside, as a whole one; `~` is the user's own folder. The folder that the core runs in means nothing to whoever asks, so a
 * relative path is refused: the command line makes it whole before. Throws 'bad-input'.
 */
export function givenPath(path: string): string {
  const whole = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
  if (isAbsolute(whole) && !whole.includes('\0')) return resolve(whole)
  const shown = whole.replaceAll('\0', '<U+0000>')
  throw new WorkbenchError(
    'bad-input',
    whole.includes('\0') ? `“${shown}” cannot be a path.` : `“${shown}” is not a whole path.`,
    `Write it from the root on, like ${join(homedir(), 'photos')}.`,
  )
}
