/** A list or table that a call was given, as text, or the file that holds it. */
import type { TextOrFile } from '../../contract/calls/inputs'
import { WorkbenchError } from '../../contract/errors'
import { openToRead } from '../files/open-to-read'
import { wholePath } from './whole-path'

/** As of a text. */
const mostBytes = 50e6

/** Throws 'bad-input', 'path-not-readable'. */
export async function givenText(given: TextOrFile): Promise<string> {
  return 'text' in given ? given.text : await readTextFile(wholePath(given.path))
}

async function readTextFile(path: string): Promise<string> {
  try {
    const handle = await openToRead(path)
    try {
      if ((await handle.stat()).size > mostBytes) throw new Error('it is larger than 50 MB')
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const reason = isMissing ? 'it does not exist' : cause instanceof Error ? cause.message : String(cause)
    throw new WorkbenchError(
      'path-not-readable',
      `${path} cannot be read: ${reason}.`,
      'Nothing was changed.',
      {
        cause,
      },
    )
  }
}
