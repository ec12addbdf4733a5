/** Which Node runs the core. Plain Node code of 16 and later: this file runs in the window's process. */
import type { WireError } from '../../contract/errors'

export interface NodeChoice {
  readonly path: string
  readonly environment: NodeJS.ProcessEnv
}

/** better-sqlite3 13 is built against Node-API 10, which Node has since 22.14; an older one crashes on loading it. */
const leastVersion = [22, 14] as const

/**
 * BITW_NODE names one (the set-up's own, or the user's); else Electron itself where its Node is new enough.
 * An old Electron works too, as long as a Node is named.
 */
export function chooseNode(
  environment: NodeJS.ProcessEnv,
  executablePath: string,
  ownNodeVersion: string,
): NodeChoice | WireError {
  const named = environment['BITW_NODE']
  if (named !== undefined && named !== '') return { path: named, environment }
  if (isNewEnough(ownNodeVersion)) {
    return { path: executablePath, environment: { ...environment, ELECTRON_RUN_AS_NODE: '1' } }
  }
  return {
    code: 'engine-missing',
    message: `The workbench's core needs Node ${leastVersion.join('.')} or newer; this Electron includes ${ownNodeVersion}.`,
    wayOut: 'Start it with "npm start", which includes one; or set BITW_NODE to the path of a newer Node.',
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > leastVersion[0] || (major === leastVersion[0] && minor >= leastVersion[1])
}
