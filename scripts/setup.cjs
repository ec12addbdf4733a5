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
const { packFolder } = require('./setup/pack.cjs')
const { runSanitized, sanitizers } = require('./setup/sanitize.cjs')
const { provideSystemPackages } = require('./setup/system-packages.cjs')
const { provideWebgpu } = require('./setup/webgpu.cjs')
const pins = require('./setup/pins.json')

/**
 * @param options.test also the end-to-end tests' needs; options.window also Electron where it can be had; options.built out/ too; options.webgpu also Dawn; options.retry try again
 *   what failed lately; options.forGpu the engine for a machine with a graphics card; options.packTo a folder to copy everything into, for a machine without a
 *   network; options.fd where to say what is done (1 or 2)
 * @returns `nodePath`, `environment` (with that Node first in PATH, BITW_NODE and BITW_CACHE), `cachePath`, `electron` (a record or null)
 */
async function setUp(options = {}) {
  const {
    test = false,
    window = false,
    built = true,
    webgpu = false,
    retry = false,
    forGpu = false,
    packTo,
    fd = 1,
  } = options
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
    const environment = { ...withNode(nodePath), BITW_CACHE: cachePath }
    await installPackages(root, cachePath, environment, log)
    await provideEngine(root, cachePath, pins, log, { retry, forGpu })
    if (webgpu) await provideWebgpu(cachePath, pins, environment, log)
    const electron =
      test || window ? await provideElectron(root, cachePath, pins, nodePath, environment, log, test) : null
    if (built) await build(root, nodePath, environment, log)
    if (packTo !== undefined) {
      const carriedNode = await provideNode(cachePath, pins, log, true)
      await packFolder({ root, cachePath, nodePath: carriedNode, target: packTo, log })
    }
    log.line(`Set-up: everything is in place (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
    if (test)
      log.line(`  Electron: ${electron === null ? 'none' : `${electron.version} in ${electron.folder}`}`)
    return { nodePath, environment, cachePath, electron }
  })
}

/** `setUp`, but a failure is told and ends the process with status 1. */
async function setUpOrExit(options) {
  return await orExit(options, () => setUp(options))
}

async function orExit(options, work) {
  const log = openLog(options?.fd ?? 1)
  try {
    return await work(log)
  } catch (error) {
    log.line(`Set-up failed: ${error instanceof SetupError ? error.message : error.stack}`)
    if (error instanceof SetupError) log.line(`  What to do: ${error.wayOut}`)
    return process.exit(1)
  }
}

module.exports = { setUp, setUpOrExit }

const usage = `Usage: npm run setup [-- --test --webgpu --gpu --pack FOLDER --sanitize KIND]
  --test         also what the end-to-end tests need
  --webgpu       also Dawn, for the WebGPU engine
  --gpu          TensorFlow and CUDA for a graphics card, though this machine has none
  --pack FOLDER  copy everything to FOLDER, which works on a machine without a network: FOLDER/bitw
  --sanitize KIND  then compile the kernels with a sanitizer of g++ (${Object.keys(sanitizers).join(', ')}) and run their tests on it`

/** The set-up's options from the command line, or the words that it does not know. */
function optionsFrom(words) {
  const options = { retry: true }
  const unknown = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === '--test') options.test = true
    else if (word === '--webgpu') options.webgpu = true
    else if (word === '--gpu') options.forGpu = true
    else if (word === '--pack' && words[at + 1] !== undefined) options.packTo = words[++at]
    else if (word.startsWith('--pack=') && word !== '--pack=') options.packTo = word.slice('--pack='.length)
    else if (word === '--sanitize' && Object.hasOwn(sanitizers, words[at + 1] ?? ''))
      options.sanitize = words[++at]
    else unknown.push(word)
  }
  return { options, unknown }
}

if (require.main === module) {
  const { options, unknown } = optionsFrom(process.argv.slice(2))
  if (unknown.length > 0) {
    console.error(`setup: cannot take ${unknown.join(' ')}. ${usage}`)
    process.exit(2)
  }
  void main(options)
}

async function main(options) {
  const setup = await setUpOrExit(options)
  if (options.sanitize === undefined) return
  // outside of the lock: the tests do set-ups of their own
  await orExit(options, async (log) => {
    process.exitCode = await runSanitized(options.sanitize, { root, ...setup }, log)
  })
}
