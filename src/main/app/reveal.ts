/** Showing a file where it lies, in the file manager of the desktop that the core runs on. */
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Place } from '../../contract/endpoints'
import { WorkbenchError } from '../../contract/errors'
import { getDataset } from '../store/datasets/datasets'
import { getImage, imageAddress } from '../store/datasets/images'
import { getRun } from '../store/runs/runs'
import { openSource } from '../sources/sources'
import type { ServiceContext } from './context'

/** A program and its words, to run without a shell. */
export interface RevealCommand {
  readonly program: string
  readonly words: readonly string[]
}

/** Where a thing lies; for a run, the database that holds it. Throws 'not-found'. */
export function locate({ db, paths }: Pick<ServiceContext, 'db' | 'paths'>, place: Place): string {
  if (place.kind === 'home') return paths.homePath
  if (place.kind === 'dataset') return getDataset(db, place.id).rootPath
  if (place.kind === 'image') {
    getImage(db, place.id) // says in words which is not there
    const { source, key } = imageAddress(db, place.id)
    return openSource(source).place(key)
  }
  getRun(db, place.id)
  return paths.databasePath
}

/**
 * Whether a file manager that this process starts appears before the user: there is a desktop, and nobody came over a network to get here (a file
 * manager would open on the machine's own screen, or over the line, and neither is what was meant).
 */
export function canReveal(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (isSet(environment['SSH_CONNECTION']) || isSet(environment['SSH_TTY'])) return false
  if (platform === 'win32' || platform === 'darwin') return true
  if (!isSet(environment['DISPLAY']) && !isSet(environment['WAYLAND_DISPLAY'])) return false
  return (environment['PATH'] ?? '').split(delimiter).some((folder) => isProgram(join(folder, 'xdg-open')))
}

/** Windows and macOS select the file in its folder; elsewhere its folder is opened. */
export function revealCommand(path: string, isFolder: boolean, platform: NodeJS.Platform): RevealCommand {
  if (platform === 'darwin') return { program: 'open', words: isFolder ? ['--', path] : ['-R', path] }
  if (platform === 'win32') {
    return { program: 'explorer.exe', words: isFolder ? [path] : [`/select,${path}`] }
  }
  return { program: 'xdg-open', words: [isFolder ? path : dirname(path)] }
}

/** Resolves when the file manager was started. Throws 'unsupported', 'path-not-found'. */
export async function reveal(path: string): Promise<void> {
  if (!canReveal()) {
    throw new WorkbenchError(
      'unsupported',
      'The workbench is running where it cannot open a file manager.',
      `It is at ${path}.`,
    )
  }
  const kind = statSync(path, { throwIfNoEntry: false })
  if (kind === undefined) {
    throw new WorkbenchError(
      'path-not-found',
      `${path} is no longer there.`,
      'Put it back, or connect its drive.',
    )
  }
  const { program, words } = revealCommand(path, kind.isDirectory(), process.platform)
  await new Promise<void>((resolve, reject) => {
    // On its own: it lives on when the core ends.
    const child = spawn(program, words, { detached: true, stdio: 'ignore' })
    child.once('spawn', () => {
      child.unref()
      resolve()
    })
    child.once('error', (cause) =>
      reject(
        new WorkbenchError(
          'unsupported',
          `Could not start the file manager: ${cause.message}.`,
          `It is at ${path}.`,
          { cause },
        ),
      ),
    )
  })
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // the next folder of PATH may have it
  }
}
