'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { hashFile, readJson, writeJson } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/** In node_modules, so that it goes with it. */
const stampName = '.bit-workbench-setup.json'

/** What node_modules was installed from: another lock file or another kind of machine means another installation. */
function wantedStamp(root) {
  return {
    lockSha256: hashFile(path.join(root, 'package-lock.json')),
    machine: `${process.platform}-${process.arch}`,
  }
}

function packagesAreCurrent(root) {
  const found = readJson(path.join(root, 'node_modules', stampName))
  const wanted = wantedStamp(root)
  return found !== null && found.lockSha256 === wanted.lockSha256 && found.machine === wanted.machine
}

/** `npm ci` with the given environment's Node, where node_modules is not what the lock file says. */
async function installPackages(root, cachePath, environment, log) {
  if (packagesAreCurrent(root)) return false
  log.line('Packages: installing what package-lock.json names (npm ci)')
  const modules = path.join(root, 'node_modules')
  const startedAt = Date.now()
  const { status, output, missing } = await runCommand(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--cache', path.join(cachePath, 'npm')],
    {
      cwd: root,
      env: environment,
      watchMs: log.intervalMs,
      watch: (elapsedMs) =>
        log.progress(`${countPackages(modules)} packages, ${Math.round(elapsedMs / 1000)} s`),
    },
  )
  log.close()
  if (status !== 0) {
    throw new SetupError(
      missing
        ? 'npm is not there: the command "npm" was not found.'
        : `npm ci failed:\n    ${lastLines(output, 6)}`,
      'Check the connection to the npm registry and the room on the disk, then run this again.',
    )
  }
  writeJson(path.join(modules, stampName), wantedStamp(root))
  log.line(`Packages: ${countPackages(modules)} in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`)
  return true
}

function countPackages(modules) {
  if (!fs.existsSync(modules)) return 0
  return fs.readdirSync(modules).filter((name) => !name.startsWith('.')).length
}

module.exports = { installPackages, packagesAreCurrent, stampName }
