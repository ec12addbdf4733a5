#!/usr/bin/env node
'use strict'
/** The command line, with a Node that is new enough; the set-up runs first where it never has, and speaks on stderr. */
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { cacheFolder, root } = require('./setup/folders.cjs')
const { provideNode, withNode } = require('./setup/node.cjs')
const { openLog } = require('./setup/log.cjs')
const { stampName } = require('./setup/packages.cjs')
const pins = require('./setup/pins.json')
const { setUpOrExit } = require('./setup.cjs')

const program = path.join(root, 'out', 'main', 'cli.cjs')

async function main() {
  const stamps = [program, path.join(root, 'out', 'build.json'), path.join(root, 'node_modules', stampName)]
  const isSetUp =
    stamps.every((stamp) => fs.existsSync(stamp)) && fs.existsSync(path.join(cacheFolder(), 'engine.json'))
  const environment = isSetUp
    ? withNode(await provideNode(cacheFolder(), pins, openLog(2)))
    : (await setUpOrExit({ fd: 2 })).environment
  const { status, signal } = spawnSync(environment.BITW_NODE, [program, ...process.argv.slice(2)], {
    env: environment,
    stdio: 'inherit',
  })
  if (signal !== null) process.kill(process.pid, signal)
  process.exitCode = status ?? 1
}

// Ctrl-C reaches the program as well, and it decides how to end.
process.on('SIGINT', () => {})
void main()
