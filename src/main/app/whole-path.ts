import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { givenPath } from '../../domain/given-path'

/**
 * A path that came from outside, as a whole one; `~` is the user's own folder. The folder that the core runs in means nothing to whoever asks, so a
 * relative path is refused: the command line makes it whole before. Throws 'bad-input'.
 */
export function wholePath(given: string): string {
  const path = givenPath(given)
  const whole = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
  if (isAbsolute(whole)) return resolve(whole)
  throw new WorkbenchError(
    'bad-input',
    `“${whole}” is not a whole path.`,
    `Write it from the root on, like ${join(homedir(), 'photos')}.`,
  )
}
