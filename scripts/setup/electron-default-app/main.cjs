// Stand-in for Electron's own resources/default_app.asar, which app packagers strip.
// It gives a packaged Electron binary the developer command line: electron [flags] [-r module] <app> [args]
'use strict'
const { app } = require('electron')
const fs = require('fs')
const path = require('path')
const v8 = require('v8')
const Module = require('module')

const preloads = []
let target = null
const argv = process.argv.slice(1)
for (let i = 0; i < argv.length; i++) {
  const arg = argv[i]
  if (arg === '-r' || arg === '--require') {
    preloads.push(argv[++i])
    continue
  }
  if (arg === '--version' || arg === '-v') {
    console.log('v' + process.versions.electron)
    process.exit(0)
  }
  if (arg === '--abi' || arg === '-a') {
    console.log(process.versions.modules)
    process.exit(0)
  }
  if (arg.startsWith('--app=')) {
    target = arg.slice('--app='.length)
    break
  }
  if (arg.startsWith('-')) continue
  target = arg
  break
}
if (!target) {
  console.error('usage: electron [flags] [-r module] <app folder or file> [args]')
  process.exit(2)
}

function fail(message) {
  console.error('App threw an error during load')
  console.error(message)
  process.exit(1)
}

if (preloads.length) Module._preloadModules(preloads)

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
try {
  const packagePath = path.resolve(target)
  const packageJsonPath = path.join(packagePath, 'package.json')
  let appPath = null
  let packageJson = null
  if (fs.existsSync(packageJsonPath)) {
    packageJson = JSON.parse(fs.readFileSync(packageJsonPath, 'utf8'))
    if (packageJson.version) app.setVersion(packageJson.version)
    if (packageJson.productName || packageJson.name) app.name = packageJson.productName || packageJson.name
    app.setDesktopName(packageJson.desktopName || `${app.name}.desktop`)
    if (packageJson.v8Flags) v8.setFlagsFromString(packageJson.v8Flags)
    appPath = packagePath
  }
  const entry = Module._resolveFilename(packagePath, module, true)
  app.setAppPath(appPath || path.dirname(entry))
  Module._load(packagePath, module, true)
} catch (error) {
  fail(error && error.stack ? error.stack : String(error))
}
