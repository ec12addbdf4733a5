'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { SetupError } = require('./log.cjs')

/** The file's hash, read in pieces. */
function hashFile(file, algorithm = 'sha256', encoding = 'hex') {
  const hash = crypto.createHash(algorithm)
  const piece = Buffer.allocUnsafe(1 << 20)
  const fd = fs.openSync(file, 'r')
  try {
    for (let count = fs.readSync(fd, piece); count > 0; count = fs.readSync(fd, piece)) {
      hash.update(piece.subarray(0, count))
    }
  } finally {
    fs.closeSync(fd)
  }
  return hash.digest(encoding)
}

/** Throws, and deletes the file, where its hash is not the pinned one: a SHA-256 in hex or an npm integrity ("sha512-…"). */
function checkHash(file, pinned) {
  const integrity = /^(sha\d+)-(.+)$/.exec(pinned)
  const actual = integrity ? `${integrity[1]}-${hashFile(file, integrity[1], 'base64')}` : hashFile(file)
  if (actual === pinned) return
  fs.rmSync(file, { force: true })
  throw new SetupError(
    `${path.basename(file)} is not the file that was asked for: its hash is ${actual}, and the pinned one is ${pinned}. It has been deleted.`,
    'The download was cut off, or something between here and the registry changes files. Run the set-up again; if it says this again, ask who runs your package mirror.',
  )
}

/** Parsed JSON, or null where there is no such file or it is damaged (it is then made anew). */
function readJson(file) {
  try {
    // A pipe in its place would be waited for.
    return fs.statSync(file).isFile() ? JSON.parse(fs.readFileSync(file, 'utf8')) : null
  } catch {
    return null
  }
}

/** Written beside and renamed: a reader sees the old file or the new one, never half of it. */
function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.tmp`
  fs.writeFileSync(beside, `${JSON.stringify(value, null, 2)}\n`)
  fs.renameSync(beside, file)
}

/** Gives `work` an empty folder in `parent`, and removes what is left of it afterwards. */
async function inWorkFolder(parent, work) {
  fs.mkdirSync(parent, { recursive: true })
  const folder = fs.mkdtempSync(path.join(parent, 'work-'))
  try {
    return await work(folder)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Bytes of all files under the folder; files that vanish meanwhile count as nothing. */
function folderBytes(folder) {
  let total = 0
  let entries = []
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return 0
  }
  for (const entry of entries) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) total += folderBytes(file)
    else total += fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  }
  return total
}

/** Throws where the disk that holds (or will hold) `folder` has less room than `neededBytes`. */
function needSpace(folder, neededBytes, what) {
  let existing = folder
  while (!fs.existsSync(existing)) existing = path.dirname(existing)
  const { bavail, bsize } = fs.statfsSync(existing)
  const free = bavail * bsize
  if (free >= neededBytes) return
  const gigabytes = (count) => (count / 1e9).toFixed(1)
  throw new SetupError(
    `${what} needs about ${gigabytes(neededBytes)} GB on the disk of ${existing}, and ${gigabytes(free)} GB are free.`,
    'Free some space, or point BITW_CACHE at a folder on a larger disk.',
  )
}

module.exports = { hashFile, checkHash, readJson, writeJson, inWorkFolder, folderBytes, needSpace }
