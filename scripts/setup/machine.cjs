'use strict'
const { spawnSync } = require('node:child_process')

/** The facts that decide on the engine. `forGpu`: for a machine with a graphics card that this set-up is carried to. */
function machineFacts(environment = process.env, forGpu = false) {
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: process.platform === 'linux' ? glibcVersion() : null,
    asked: environment.BITW_ENGINE || 'auto',
    gpu: forGpu ? elsewhere : process.platform === 'linux' ? findGpu() : null,
  }
}

/** A card of another machine: its driver is not known, and taken to be new enough. */
const elsewhere = { name: 'the graphics card of another machine', driver: '999' }

function glibcVersion() {
  process.report.excludeNetwork = true // else it looks up the names of open connections
  return process.report.getReport().header.glibcVersionRuntime ?? null
}

/** The first GPU that NVIDIA's driver names, or null. */
function findGpu() {
  const { status, stdout } = spawnSync(
    'nvidia-smi',
    ['--query-gpu=name,driver_version', '--format=csv,noheader'],
    {
      encoding: 'utf8',
      timeout: 10_000,
    },
  )
  if (status !== 0) return null
  const [name, driver] = stdout
    .split('\n')[0]
    .split(',')
    .map((part) => part.trim())
  return name && driver ? { name, driver } : null
}

module.exports = { machineFacts }
