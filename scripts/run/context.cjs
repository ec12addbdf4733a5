'use strict'
const { spawn } = require('node:child_process')

/** What a command works with: its words, the set-up's findings, and ways to run programs that resolve to an exit status. */
function openContext(root, setup, words) {
  const program = (path, parameters, environment = {}) =>
    new Promise((resolve) => {
      const child = spawn(path, parameters, {
        cwd: root,
        env: { ...setup.environment, ...environment },
        stdio: 'inherit',
      })
      // Ctrl-C reaches the child as well, which decides how to end; we end after it.
      const wait = () => {}
      process.on('SIGINT', wait)
      const end = (status) => {
        process.off('SIGINT', wait)
        resolve(status)
      }
      child.on('error', (error) => {
        console.error(`${path}: ${error.message}`)
        end(1)
      })
      child.on('close', (code) => end(code ?? 1))
    })
  return {
    root,
    words,
    ...setup,
    program,
    node: (parameters, environment) => program(setup.nodePath, parameters, environment),
  }
}

module.exports = { openContext }
