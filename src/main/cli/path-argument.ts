import { resolve } from 'node:path'
import { WorkbenchError } from '../../contract/errors'

/** A path as it was typed, made whole against the folder that the command runs in. `what`: "The export's folder". Throws 'bad-input' for a blank one. */
export function pathArgument(typed: string, what: string): string {
  if (typed.trim() !== '') return resolve(typed)
  throw new WorkbenchError('bad-input', `${what} is blank.`, 'Write a path, or "." for this folder.')
}
