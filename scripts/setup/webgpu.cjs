'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { checkHash, inWorkFolder, needSpace } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/** Dawn, the WebGPU of Chromium, for Node: into the cache, with this machine's binary only. Nothing where it is there already. */
async function provideWebgpu(cachePath, pins, environment, log) {
  const { name, version, integrity } = pins.webgpu
  const folder = path.join(cachePath, `${name}-${version}`)
  const platform = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`
  const binary = path.join('dist', platform)
  if (fs.existsSync(path.join(folder, 'index.js')) && fs.existsSync(path.join(folder, binary))) return folder
  needSpace(cachePath, 5e8, 'WebGPU')
  log.line(`WebGPU: fetching Dawn ${version} from npm (51 MB)`)
  await inWorkFolder(cachePath, async (work) => {
    const { status, output } = await runCommand(
      'npm',
      ['pack', `${name}@${version}`, '--pack-destination', work, '--cache', path.join(work, 'npm')],
      { cwd: work, env: environment },
    )
    const archive = path.join(work, `${name}-${version}.tgz`)
    if (status !== 0 || !fs.existsSync(archive)) {
      throw new SetupError(
        `npm could not fetch ${name} ${version}:\n    ${lastLines(output)}`,
        'Check the connection to its registry, then run this again. Only the WebGPU engine needs it.',
      )
    }
    checkHash(archive, integrity)
    const unpacked = await runCommand('tar', ['-xzf', archive, '-C', work])
    const from = path.join(work, 'package')
    if (unpacked.status !== 0) {
      throw new SetupError(
        `${archive} could not be unpacked:\n    ${lastLines(unpacked.output)}`,
        'Install tar, then run this again.',
      )
    }
    if (!fs.existsSync(path.join(from, binary))) {
      throw new SetupError(`Dawn ${version} is not made for ${platform}.`, 'Take another engine here.')
    }
    for (const other of fs.readdirSync(path.join(from, 'dist'))) {
      if (other !== platform) fs.rmSync(path.join(from, 'dist', other), { recursive: true })
    }
    fs.rmSync(folder, { recursive: true, force: true })
    fs.renameSync(from, folder)
  })
  return folder
}

module.exports = { provideWebgpu }
