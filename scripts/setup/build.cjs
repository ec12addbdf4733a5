'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { readJson, writeJson } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { runCommand } = require('./run-command.cjs')

const inputs = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'dev-server.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
]

/** A hash of all that the build reads, names and contents. */
function sourceHash(root) {
  const hash = crypto.createHash('sha256')
  const add = (name) => {
    const file = path.join(root, name)
    const kind = fs.statSync(file, { throwIfNoEntry: false })
    if (kind === undefined) return
    if (!kind.isDirectory()) {
      hash.update(`${name}\0${kind.size}\0`).update(fs.readFileSync(file))
      return
    }
    for (const entry of fs.readdirSync(file).sort()) add(`${name}/${entry}`)
  }
  for (const name of inputs) add(name)
  return hash.digest('hex')
}

const stampPath = (root) => path.join(root, 'out', 'build.json')

/** Builds out/ where the sources have changed since it was built. */
async function build(root, nodePath, environment, log) {
  const wanted = sourceHash(root)
  if (readJson(stampPath(root))?.sourceHash === wanted) return false
  log.line('Build: compiling the application (electron-vite)')
  fs.rmSync(stampPath(root), { force: true })
  const program = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const { status, output } = await runCommand(nodePath, [program, 'build'], { cwd: root, env: environment })
  if (status !== 0) {
    throw new SetupError(
      `The build failed:\n${output.trimEnd()}`,
      'Mend what it names (npm run check tells more), then run this again.',
    )
  }
  writeJson(stampPath(root), { sourceHash: wanted })
  return true
}

module.exports = { build, sourceHash }
