'use strict'
/**
 * The whole set-up, for Node 18 and newer: a Node that is new enough, the packages, the engine, the build; with --test also what
 * the end-to-end tests need. Nothing is done twice. `npm run setup`, and before every other command.
 */
const path = require('node:path')
const { build } = require('./setup/build.cjs')
const { provideElectron } = require('./setup/electron-runtime.cjs')
const { provideEngine } = require('./setup/engine.cjs')
const { needSpace } = require('./setup/files.cjs')
const { cacheFolder, root } = require('./setup/folders.cjs')
const { withLock } = require('./setup/lock.cjs')
const { SetupError, openLog } = require('./setup/log.cjs')
const { provideNode, withNode } = require('./setup/node.cjs')
const { installPackages, packagesAreCurrent } = require('./setup/packages.cjs')
const { provideSystemPackages } = require('./setup/system-packages.cjs')
const { provideWebgpu } = require('./setup/webgpu.cjs')
const pins = require('./setup/pins.json')

/**
 * @param options.test also the end-to-end tests' needs; options.window also Electron where it can be had; options.webgpu also Dawn; options.retry try again
 *   what failed lately; options.fd where to say what is done (1 or 2)
 * @returns `nodePath`, `environment` (with that Node first in PATH, and BITW_NODE), `cachePath`, `electron` (a record or null)
 */
async function setUp({ test = false, window = false, webgpu = false, retry = false, fd = 1 } = {}) {
  const log = openLog(fd)
  const cachePath = cacheFolder()
  const startedAt = Date.now()
  return await withLock(cachePath, log, async () => {
    if (!packagesAreCurrent(root)) {
      log.line(
        `Set-up: everything that is fetched goes to ${cachePath} and ${path.join(root, 'node_modules')}`,
      )
      needSpace(cachePath, 1e9, 'The set-up')
      needSpace(root, 1e9, 'The set-up')
    }
    if (test) await provideSystemPackages(log)
    const nodePath = await provideNode(cachePath, pins, log)
    const environment = withNode(nodePath)
    await installPackages(root, cachePath, environment, log)
    await provideEngine(root, cachePath, pins, log, retry)
    if (webgpu) await provideWebgpu(cachePath, pins, environment, log)
    const electron =
      test || window ? await provideElectron(root, cachePath, pins, nodePath, environment, log, test) : null
    await build(root, nodePath, environment, log)
    log.line(`Set-up: everything is in place (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
    if (test)
      log.line(`  Electron: ${electron === null ? 'none' : `${electron.version} in ${electron.folder}`}`)
    return { nodePath, environment, cachePath, electron }
  })
}

/** `setUp`, but a failure is told and ends the process with status 1. */
async function setUpOrExit(options) {
  try {
    return await setUp(options)
  } catch (error) {
    const log = openLog(options?.fd ?? 1)
    log.line(`Set-up failed: ${error instanceof SetupError ? error.message : error.stack}`)
    if (error instanceof SetupError) log.line(`  What to do: ${error.wayOut}`)
    return process.exit(1)
  }
}

module.exports = { setUp, setUpOrExit }

if (require.main === module) {
  const unknown = process.argv.slice(2).filter((word) => word !== '--test' && word !== '--webgpu')
  if (unknown.length > 0) {
    console.error(`setup: unknown ${unknown.join(' ')}. Usage: npm run setup [-- --test --webgpu]`)
    process.exit(2)
  }
  void setUpOrExit({
    test: process.argv.includes('--test'),
    webgpu: process.argv.includes('--webgpu'),
    retry: true,
  })
}
