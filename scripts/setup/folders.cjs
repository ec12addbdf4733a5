'use strict'
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

/** The repository. */
const root = path.resolve(__dirname, '..', '..')

/** Where a set-up that was carried here has its cache: inside the repository. */
const carriedCache = path.join(root, '.cache', 'bit-workbench')

/**
 * The one folder for everything that is fetched: BITW_CACHE, else the one that was carried here with the repository, else XDG_CACHE_HOME/bit-workbench, else
 * ~/.cache/bit-workbench. Deletable at any time: the next set-up fills it again. (src/main/engine/setup-record.ts finds it in the same way; a carried one is
 * named to it in BITW_CACHE.)
 */
function cacheFolder(environment = process.env) {
  if (environment.BITW_CACHE) return path.resolve(environment.BITW_CACHE)
  if (fs.existsSync(carriedCache)) return carriedCache
  const xdg = environment.XDG_CACHE_HOME
  // The XDG specification: a relative path there is invalid and to be ignored.
  const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache')
  return path.join(base, 'bit-workbench')
}

module.exports = { root, cacheFolder }
