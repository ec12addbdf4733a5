'use strict'
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/** What the end-to-end tests need of Debian: a browser, a display without a screen, Electron's libraries, a font. */
const wanted = [
  ['chromium'],
  ['xvfb'],
  ['xauth'],
  ['fonts-dejavu-core'],
  ['libnss3'],
  ['libgbm1'],
  // Debian 13 and Ubuntu 24.04 renamed these two when time_t grew
  ['libgtk-3-0', 'libgtk-3-0t64'],
  ['libasound2', 'libasound2t64'],
]

/** Installs with apt-get what is missing. Other systems than Debian's kin are left alone: the tests say what they miss. */
async function provideSystemPackages(log) {
  if (!fs.existsSync('/usr/bin/dpkg-query') || !fs.existsSync('/usr/bin/apt-get')) return
  const missing = missingPackages(installedPackages())
  if (missing.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid() !== 0) {
    throw new SetupError(
      `The end-to-end tests need Debian packages: ${missing.join(', ')}.`,
      `Run: sudo ${command}`,
    )
  }
  log.line(`Debian packages: installing ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const watch = {
    env,
    watchMs: log.intervalMs,
    watch: (elapsedMs) => log.progress(`${Math.round(elapsedMs / 1000)} s`),
  }
  await runCommand('apt-get', ['update', '-q'], watch) // a failing source need not matter; the install says
  const { status, output } = await runCommand('apt-get', command.split(' ').slice(1), watch)
  log.close()
  if (status !== 0) {
    throw new SetupError(
      `apt-get could not install them:\n    ${lastLines(output, 5)}`,
      `Run "${command}" and read what it says.`,
    )
  }
}

/** Names of installed packages. */
function installedPackages() {
  const { stdout } = spawnSync(
    'dpkg-query',
    ['-W', '-f', '${db:Status-Status} ${Package}\\n', ...wanted.flat()],
    { encoding: 'utf8' },
  )
  return new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  )
}

/** The first name of each wanted package none of whose names is installed. */
function missingPackages(installed) {
  return wanted.filter((names) => !names.some((name) => installed.has(name))).map(([name]) => name)
}

module.exports = { provideSystemPackages, missingPackages }
