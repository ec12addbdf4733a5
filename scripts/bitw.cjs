#!/usr/bin/env node
'use strict'
/** The command line, with a Node that is new enough; the set-up runs first where it never has, and speaks on stderr. */
const fs = require('node:fs')
const path = require('node:path')
const { cacheFolder, root } = require('./setup/folders.cjs')
const { provideNode, withNode } = require('./setup/node.cjs')
const { openLog } = require('./setup/log.cjs')
const { stampName } = require('./setup/packages.cjs')
const pins = require('./setup/pins.json')
const { passThrough } = require('./run/pass-through.cjs')
const { setUpOrExit } = require('./setup.cjs')

const program = path.join(root, 'out', 'main', 'cli.cjs')

async function main() {
  const stamps = [program, path.join(root, 'out', 'build.json'), path.join(root, 'node_modules', stampName)]
  const isSetUp =
    stamps.every((stamp) => fs.existsSync(stamp)) && fs.existsSync(path.join(cacheFolder(), 'engine.json'))
  const environment = isSetUp
    ? withNode(await provideNode(cacheFolder(), pins, openLog(2)))
    : (await setUpOrExit({ fd: 2 })).environment
  process.exitCode = await passThrough(environment.BITW_NODE, [program, ...process.argv.slice(2)], {
    env: environment,
  })
}

void main()
