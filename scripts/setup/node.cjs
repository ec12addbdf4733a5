'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { checkHash, inWorkFolder } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/**
 * Whether better-sqlite3 13 runs in that Node: it needs Node-API 10, which came with 22.14 and 23.6. On an older Node it ends the
 * process without a word.
 */
function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  if (major === 22) return minor >= 14
  if (major === 23) return minor >= 6
  return major > 23
}

/**
 * The path of a Node that is new enough: this one, else the pinned one, fetched from npm where the cache has it not. `own`: always the pinned one, for
 * a machine that may have none.
 */
async function provideNode(cachePath, pins, log, own = false) {
  if (isNewEnough(process.version) && !own) return process.execPath
  const target = `${process.platform}-${process.arch}`
  const pin = pins.node.packages[target]
  if (pin === undefined) {
    throw new SetupError(
      `The workbench needs Node ${pins.node.least} or newer. This is ${process.version}, and there is no ready-made one to fetch for ${target}.`,
      'Install a newer Node (https://nodejs.org), then run this again.',
    )
  }
  const folder = path.join(cachePath, `node-${pins.node.version}-${target}`)
  const nodePath = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (fs.existsSync(nodePath)) return nodePath
  log.line(
    own
      ? `Node: fetching ${pins.node.version} from npm, to be carried along`
      : `Node: this one is ${process.version}, too old; fetching ${pins.node.version} from npm`,
  )
  await inWorkFolder(cachePath, async (work) => {
    const { status, output, missing } = await runCommand(
      'npm',
      [
        'pack',
        `${pin.name}@${pins.node.version}`,
        '--pack-destination',
        work,
        '--cache',
        path.join(work, 'npm'),
      ],
      { cwd: work },
    )
    const archive = path.join(work, `${pin.name}-${pins.node.version}.tgz`)
    if (missing || status !== 0 || !fs.existsSync(archive)) {
      throw new SetupError(
        missing
          ? 'npm is not there: the command "npm" was not found.'
          : `npm could not fetch ${pin.name} ${pins.node.version}:\n    ${lastLines(output)}`,
        `Install npm and check the connection to its registry, or install Node ${pins.node.least} or newer yourself; then run this again.`,
      )
    }
    checkHash(archive, pin.integrity)
    const unpacked = await runCommand('tar', ['-xzf', archive, '-C', work])
    if (unpacked.status !== 0) {
      throw new SetupError(
        `${archive} could not be unpacked:\n    ${lastLines(unpacked.output)}`,
        'Install tar, then run this again.',
      )
    }
    if (process.platform !== 'win32') fs.chmodSync(path.join(work, 'package', 'bin', 'node'), 0o755)
    fs.rmSync(folder, { recursive: true, force: true })
    fs.renameSync(path.join(work, 'package'), folder)
  })
  return nodePath
}

/** The environment in which "node" and "npm" are the given Node's. */
function withNode(nodePath, environment = process.env) {
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const rest = environment[name] ?? ''
  const folder = path.dirname(nodePath)
  const present = rest.split(path.delimiter)[0] === folder
  return { ...environment, [name]: present ? rest : `${folder}${path.delimiter}${rest}`, BITW_NODE: nodePath }
}

module.exports = { isNewEnough, provideNode, withNode }
