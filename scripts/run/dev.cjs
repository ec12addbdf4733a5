'use strict'
const path = require('node:path')

/** Both shells of `npm run dev`; scripts/run/dev.mjs does the work, since Vite is an ES module. */
async function dev(context) {
  return await context.node(['scripts/run/dev.mjs', ...withHome(context)])
}

async function devElectron(context) {
  if (context.electron === null) {
    console.error('There is no Electron here. "npm run dev" shows the same interface in a browser.')
    return 1
  }
  return await context.node(['scripts/run/dev.mjs', ...withHome(context)], {
    BITW_DEV_ELECTRON: context.electron.executable,
    DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS || 'unix:path=/dev/null',
  })
}

/** A home of its own: what is worked on may write what a released version cannot read. */
function withHome({ root, words }) {
  const named = process.env.BITW_HOME || words.some((word) => word === '--home' || word.startsWith('--home='))
  return named ? words : ['--home', path.join(root, '.cache', 'dev-home'), ...words]
}

module.exports = { dev, devElectron }
