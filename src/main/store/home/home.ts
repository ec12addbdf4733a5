import { existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import { makeFolders } from '../../files/make-folders'
import { otherThanFile } from '../../files/open-to-read'
import { ownerMark } from '../../files/owner'
import { diskFull, plainStoreError } from '../sqlite-errors'

/** How the name of the probe begins; one that a killed process left is swept at the next start. */
export const writeTestName = '.write-test-'

/** Below this no home is made, and one that is there says so: room for an import and some steps; a checkpoint asks for its own. */
const minimumFreeBytes = 200e6
/** Enough for a home to open, and to delete what is in it: who filled the disk with runs must get in to make room. */
const leastFreeBytes = 20e6

export interface HomeLimits {
  readonly minimumFreeBytes?: number
  /** Bytes this user may still write where `path` is. */
  readonly freeBytes?: (path: string) => number
}

/**
 * Makes sure that `homePath` is a folder (made with mode 0700), can be written and has room, before anything starts.
 * Throws 'not-a-folder', 'not-allowed', 'home-read-only' or 'disk-full', naming the path.
 */
export function prepareHome(homePath: string, limits: HomeLimits = {}): void {
  refuseOthersHome(homePath)
  // The probe writes for real: permission bits say nothing about root, mounts and access lists.
  const probePath = join(homePath, `${writeTestName}${ownerMark()}`)
  try {
    makeFolders(resolve(homePath), 0o700)
    writeFileSync(probePath, 'x')
    rmSync(probePath)
  } catch (thrown) {
    throw cannotWrite(homePath, thrown)
  }
  const free = (limits.freeBytes ?? freeBytesAt)(homePath)
  const isHome = existsSync(join(homePath, 'workbench.db'))
  const minimum = limits.minimumFreeBytes ?? (isHome ? leastFreeBytes : minimumFreeBytes)
  if (free < minimum) {
    throw new WorkbenchError(
      'disk-full',
      `The disk of ${homePath} has ${megabytes(free)} free; the workbench needs at least ${megabytes(minimum)} to start.`,
      'Free some space, or choose another home with --home. Nothing was changed.',
    )
  }
}

/** A sentence where a home that is open has little room left; else null. */
export function littleRoomNote(homePath: string, free: number = freeBytesAt(homePath)): string | null {
  if (free >= minimumFreeBytes) return null
  return `The disk of ${homePath} has ${megabytes(free)} free. Free some space, or delete runs that you no longer need and empty the trash of runs, before you import or train.`
}

/** Bytes that this user may still write where `path` is. */
function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

/** Whose content a start deletes or writes over: in a folder that is no home yet they are somebody else's. */
const ownFolders = ['scratch', 'sample', 'picture-cache']
const ownFiles = ['workbench.db', 'thumbnails.db', 'lock.db', 'lock.json']

/**
 * Looks only. Throws 'not-a-folder', 'not-allowed' where something lies in the folder that would be taken for the workbench's and is not, and
 * 'home-read-only' where it cannot be looked into.
 */
export function refuseOthersHome(homePath: string): void {
  try {
    refuseOthers(homePath)
  } catch (thrown) {
    throw thrown instanceof WorkbenchError ? thrown : cannotUse(homePath, 'look into', thrown)
  }
}

function refuseOthers(homePath: string): void {
  const found = statSync(homePath, { throwIfNoEntry: false })
  if (found !== undefined && !found.isDirectory()) {
    throw new WorkbenchError(
      'not-a-folder',
      `The workbench's home ${homePath} is ${otherThanFile(found) ?? 'a file'}, not a folder.`,
      'Choose another home with --home.',
    )
  }
  const refuse = (name: string, reason: string): never => {
    throw new WorkbenchError(
      'not-allowed',
      `${homePath} cannot be the workbench's home: its "${name}" ${reason}.`,
      'Nothing was changed. Choose another folder with --home, best a new one.',
    )
  }
  for (const name of ownFiles) {
    const facts = statSync(join(homePath, name), { throwIfNoEntry: false })
    const other = facts === undefined ? null : otherThanFile(facts)
    if (other !== null) refuse(name, `is not a file but ${other}`)
  }
  if (ownFiles.some((name) => existsSync(join(homePath, name)))) return
  const taken = ownFolders.find((name) => existsSync(join(homePath, name)))
  if (taken !== undefined) refuse(taken, 'is not from the workbench, which would delete what is in it')
}

function cannotWrite(homePath: string, thrown: unknown): unknown {
  const plain = plainStoreError(thrown, homePath)
  if (plain instanceof WorkbenchError && plain.code === 'disk-full') return diskFull(homePath, thrown)
  return cannotUse(homePath, 'write to', thrown)
}

function cannotUse(homePath: string, what: 'look into' | 'write to', cause: unknown): WorkbenchError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new WorkbenchError(
    'home-read-only',
    `The workbench cannot ${what} its home folder ${homePath} (${reason}).`,
    'Make that folder readable and writable for this user, or choose another one with --home DIR or BITW_HOME.',
    { cause },
  )
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1e6)} MB`
}
