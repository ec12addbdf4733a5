'use strict'
const os = require('node:os')
const path = require('node:path')

/** The repository. */
const root = path.resolve(__dirname, '..', '..')

/**
 * The one folder for everything that is fetched: BITW_CACHE, else XDG_CACHE_HOME/bit-workbench, else ~/.cache/bit-workbench.
 * Deletable at any time: the next set-up fills it again. (src/main/engine/setup-record.ts finds it in the same way.)
 */
function cacheFolder(environment = process.env) {
  if (environment.BITW_CACHE) return path.resolve(environment.BITW_CACHE)
  const xdg = environment.XDG_CACHE_HOME
  // The XDG specification: a relative path there is invalid and to be ignored.
  const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache')
  return path.join(base, 'bit-workbench')
}

module.exports = { root, cacheFolder }
