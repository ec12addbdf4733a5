/** A database that cannot be read where it lies. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import { ownerMark } from '../../files/owner'
import { sweepNamed } from '../../files/temporary'

/** How the folders of copies begin; what killed processes left of them is swept by the next one. */
const copyName = 'bitw-read-'
/** Left free on the disk of the temporary folder. */
const spareBytes = 50e6

/**
 * Opens the database at `path` to read it. One with a write-ahead log wants files beside it that even a reader makes; where
 * its folder cannot be written and they are not there, SQLite reads it no other way than as a copy: it costs nothing on file
 * systems that share blocks, else its size in the temporary folder, until it is closed. Throws what `open` does, and
 * 'disk-full'.
 */
export function orOfCopy<Opened extends { close(): void }>(
  path: string,
  open: (path: string) => Opened,
): Opened {
  try {
    return open(path)
  } catch (thrown) {
    if (!lacksFilesBeside(thrown)) throw thrown
  }
  sweepNamed(tmpdir(), copyName)
  const folder = mkdtempSync(join(tmpdir(), `${copyName}${ownerMark()}-`))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const opened = open(copyInto(folder, path))
    return {
      ...opened,
      close() {
        opened.close()
        remove()
      },
    }
  } catch (thrown) {
    remove()
    throw thrown
  }
}

function lacksFilesBeside(thrown: unknown): boolean {
  const code = String((thrown as { code?: unknown } | null)?.code ?? '')
  return /^SQLITE_(READONLY|CANTOPEN)/.test(code)
}

/** With its log, where it has one. Answers with the path of the copy. */
function copyInto(folder: string, path: string): string {
  const copy = join(folder, basename(path))
  for (const end of ['', '-wal']) {
    if (!existsSync(path + end)) continue
    refuseFullDisk(path + end, folder)
    copyFileSync(path + end, copy + end, constants.COPYFILE_FICLONE)
  }
  return copy
}

function refuseFullDisk(path: string, folder: string): void {
  const { bavail, bsize } = statfsSync(folder)
  const { size } = statSync(path)
  if (bavail * bsize >= size + spareBytes) return
  throw new WorkbenchError(
    'disk-full',
    `${path} lies where nothing can be written, so a copy of it is needed in ${tmpdir()}, which has too little room (${Math.ceil(size / 1e6)} MB).`,
    'Free some space there, name another folder with TMPDIR, or make the home writable.',
  )
}
