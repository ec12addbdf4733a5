#!/usr/bin/env node
'use strict'
/** The command line, with a Node that is new enough; the set-up runs first where it never has, and speaks on stderr. */
const fs = require('node:fs')
const path = require('node:path')
const { bindingPlace } = require('./setup/binding.cjs')
const { readJson } = require('./setup/files.cjs')
const { cacheFolder, root } = require('./setup/folders.cjs')
const { provideNode, withNode } = require('./setup/node.cjs')
const { openLog } = require('./setup/log.cjs')
const { stampName } = require('./setup/packages.cjs')
const pins = require('./setup/pins.json')
const { passThrough } = require('./run/pass-through.cjs')
const { setUpOrExit } = require('./setup.cjs')

const program = path.join(root, 'out', 'main', 'cli.cjs')

/** What is there was made whole: programs, packages, and the engine (its link falls where the cache was moved). */
function isSetUp(cachePath) {
  const stamps = [program, path.join(root, 'out', 'build.json'), path.join(root, 'node_modules', stampName)]
  const engine = readJson(path.join(cachePath, 'engine.json'))
  if (engine === null || !stamps.every((stamp) => fs.existsSync(stamp))) return false
  return engine.kind === 'none' || fs.existsSync(bindingPlace(root))
}

async function main() {
  const cachePath = cacheFolder()
  const environment = isSetUp(cachePath)
    ? { ...withNode(await provideNode(cachePath, pins, openLog(2))), BITW_CACHE: cachePath }
    : (await setUpOrExit({ fd: 2 })).environment
  process.exitCode = await passThrough(environment.BITW_NODE, [program, ...process.argv.slice(2)], {
    env: environment,
    isTold: true,
  })
}

void main()
