import { existsSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { ownerMark } from '../files/owner'
import { diskFull, plainStoreError } from './sqlite-errors'

/** How the name of the probe begins; one that a killed process left is swept at the next start. */
export const writeTestName = '.write-test-'

/** Below this the workbench does not start: room for an import and some steps; a checkpoint asks for its own. */
const minimumFreeBytes = 200e6

export interface HomeLimits {
  readonly minimumFreeBytes?: number
  /** Bytes this user may still write where `path` is. */
  readonly freeBytes?: (path: string) => number
}

/**
 * Makes sure that `homePath` is a folder (made with mode 0700), can be written and has room, before anything starts.
 * Throws 'not-a-folder', 'home-read-only' or 'disk-full', naming the path.
 */
export function prepareHome(homePath: string, limits: HomeLimits = {}): void {
  const found = statSync(homePath, { throwIfNoEntry: false })
  if (found !== undefined && !found.isDirectory()) {
    throw new WorkbenchError(
      'not-a-folder',
      `The workbench's home ${homePath} is a file, not a folder.`,
      'Choose another home with --home.',
    )
  }
  // The probe writes for real: permission bits say nothing about root, mounts and access lists.
  const probePath = join(homePath, `${writeTestName}${ownerMark()}`)
  try {
    if (found === undefined) makeFolder(resolve(homePath))
    writeFileSync(probePath, 'x')
    rmSync(probePath)
  } catch (thrown) {
    throw cannotWrite(homePath, thrown)
  }
  const free = (limits.freeBytes ?? freeBytesAt)(homePath)
  const minimum = limits.minimumFreeBytes ?? minimumFreeBytes
  if (free < minimum) {
    throw new WorkbenchError(
      'disk-full',
      `The disk of ${homePath} has ${megabytes(free)} free; the workbench needs at least ${megabytes(minimum)} to start.`,
      'Free some space, or choose another home with --home. Nothing was changed.',
    )
  }
}

/** Bytes that this user may still write where `path` is. */
function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

/**
 * With its parents, private to this user. Not mkdir's own `recursive`: under /proc, where making a folder says ENOENT though
 * the parent is there, Node 22 tries for ever.
 */
function makeFolder(path: string): void {
  const parent = dirname(path)
  if (parent !== path && !existsSync(parent)) makeFolder(parent)
  mkdirSync(path, { mode: 0o700 })
}

function cannotWrite(homePath: string, thrown: unknown): unknown {
  const plain = plainStoreError(thrown, homePath)
  if (plain instanceof WorkbenchError && plain.code === 'disk-full') return diskFull(homePath, thrown)
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new WorkbenchError(
    'home-read-only',
    `The workbench cannot write to its home folder ${homePath} (${reason}).`,
    'Make that folder writable for this user, or choose another one with --home DIR or BITW_HOME.',
    { cause: thrown },
  )
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1e6)} MB`
}
