/** A file that appears whole, under a name that nothing has. */
import { constants } from 'node:fs'
import { copyFile, link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolders } from './make-folders'
import { recordTemporary, sweepBeside, temporaryBeside } from './temporary'
import { writeError } from './write-error'

/** Characters that are written at once. */
const pieceLength = 65_536

/** Nothing stays where `work` throws. Throws what cannot be written in words; a file that came there meanwhile stays, too. */
export async function newFile(
  unfinishedPath: string | null,
  target: string,
  work: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  sweepBeside(target)
  const partial = temporaryBeside(target)
  let isThere = false
  const forget = recordTemporary(unfinishedPath, partial, target)
  try {
    makeFolders(dirname(target))
    const handle = await open(partial, 'wx')
    isThere = true
    try {
      let waiting = ''
      await work(async (text) => {
        waiting += text
        if (waiting.length < pieceLength) return
        await handle.appendFile(waiting)
        waiting = ''
      })
      await handle.appendFile(waiting)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await putInPlace(partial, target)
  } catch (thrown) {
    throw writeError(target, thrown)
  } finally {
    if (isThere) await rm(partial, { force: true })
    forget()
  }
}

/** Unlike a rename, neither way replaces what lies there. */
async function putInPlace(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') throw thrown
    // A disk without hard links.
    await copyFile(partial, target, constants.COPYFILE_EXCL)
  }
}
