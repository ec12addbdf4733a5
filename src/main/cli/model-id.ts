import { resolve } from 'node:path'
import { modelIdSchema } from '../../contract/entities/model'

/** What was given on the command line: an id such as run:12, or else the path of a file. */
export function modelIdOf(given: string): string {
  const isId = !given.startsWith('path:') && modelIdSchema.safeParse(given).success
  return isId ? given : `path:${resolve(given.replace(/^path:/, ''))}`
}
