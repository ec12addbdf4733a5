'use strict'
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { readJson, writeJson } = require('./files.cjs')

/** A folder without an owner is one that is being made, or one whose maker died in between: after this it is the second. */
const ownerlessMs = 10_000

/** Runs `work` while no other set-up works on the same cache; waits for one that does. A dead one's lock is taken over. */
async function withLock(cachePath, log, work) {
  const lock = path.join(cachePath, 'lock')
  fs.mkdirSync(cachePath, { recursive: true })
  for (let told = false; !tryLock(lock);) {
    if (removeIfStale(lock)) continue
    if (!told) {
      const owner = readJson(path.join(lock, 'owner.json'))
      log.line(
        `Another set-up is at work (process ${owner?.pid ?? '?'}); waiting for it. If there is none, delete ${lock}`,
      )
      told = true
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  try {
    return await work()
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
  }
}

function tryLock(lock) {
  try {
    fs.mkdirSync(lock)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeJson(path.join(lock, 'owner.json'), { pid: process.pid, host: os.hostname() })
  return true
}

/** Whether a lock was removed because its owner is gone. Renamed first: of two that find it stale, only one succeeds. */
function removeIfStale(lock) {
  const made = fs.statSync(lock, { throwIfNoEntry: false })
  if (made === undefined) return true
  const owner = readJson(path.join(lock, 'owner.json'))
  const stale =
    owner === null
      ? Date.now() - made.mtimeMs > ownerlessMs
      : owner.host === os.hostname() && !isAlive(owner.pid)
  if (!stale) return false
  const aside = `${lock}-stale-${process.pid}`
  try {
    fs.renameSync(lock, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return true
    throw error
  }
  fs.rmSync(aside, { recursive: true, force: true })
  return true
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

module.exports = { withLock }
