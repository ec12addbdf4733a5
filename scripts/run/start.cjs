'use strict'

/** The window in Electron where there is one and a display; else the same interface in a browser. */
async function start(context) {
  if (context.electron === null) {
    console.log(
      'There is no Electron or no display here: serving the same interface to a browser on this machine.',
    )
    return await context.bitw(['serve', '--open', ...context.words])
  }
  // Chromium's sandbox refuses to run as root.
  const asRoot = process.platform === 'linux' && process.getuid() === 0
  return await context.program(
    context.electron.executable,
    [...(asRoot ? ['--no-sandbox'] : []), '.', ...context.words],
    // A desktop's message bus where there is one; without, Chromium should not look for it.
    { DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS || 'unix:path=/dev/null' },
  )
}

module.exports = { start }
