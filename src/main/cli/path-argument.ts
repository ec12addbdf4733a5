import { resolve } from 'node:path'
import { givenPath } from '../../domain/given-path'

/** A path as it was typed, made whole against the folder that the command runs in. Throws 'bad-input' for what is none. */
export function pathArgument(typed: string): string {
  return resolve(givenPath(typed))
}
