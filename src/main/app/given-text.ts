/** A list or table that a call was given, as text, or the file that holds it. */
import type { TextOrFile } from '../../contract/calls/inputs'
import { openToRead } from '../files/open-to-read'
import { readError } from '../files/read-error'
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
  } catch (thrown) {
    throw readError(path, thrown)
  }
}
