/** Where the workbench keeps its things. The home folder holds all of them and can be moved or deleted as one. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/**
 * The home folder, absolute: `--home DIR` first, else `BITW_HOME`, else the platform's folder for application data
 * (XDG base directories on Linux, Application Support on macOS, LOCALAPPDATA on Windows).
 */
export function resolveHomePath(
  asked: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = asked ?? environment['BITW_HOME']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  return join(dataFolder(environment, platform), 'bit-workbench')
}

/** What services keep in the home beside the store's own databases. */
export interface HomePaths {
  readonly homePath: string
  /** The drawn sample dataset. */
  readonly samplePath: string
  readonly logsPath: string
  readonly databasePath: string
  /** Decoded images. A cache: it may be deleted at any time. */
  readonly imageCachePath: string
  /** Columns of images, for queries. A cache, too. */
  readonly columnsPath: string
  /** Downloaded weights and lists of class names. */
  readonly modelsPath: string
  /** Records of what is being written elsewhere, see files/temporary.ts; null: none are kept. */
  readonly unfinishedPath: string | null
  /** For the length of a job; emptied at each start. */
  readonly scratchPath: string
}

export function homePaths(homePath: string): HomePaths {
  return {
    homePath,
    samplePath: join(homePath, 'sample'),
    logsPath: join(homePath, 'logs'),
    databasePath: join(homePath, 'workbench.db'),
    imageCachePath: join(homePath, 'picture-cache'),
    columnsPath: join(homePath, 'columns'),
    modelsPath: join(homePath, 'models'),
    unfinishedPath: join(homePath, 'unfinished'),
    scratchPath: join(homePath, 'scratch'),
  }
}

function dataFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  const xdg = environment['XDG_DATA_HOME']
  // The XDG specification: a relative path there is invalid and to be ignored.
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share')
}
