'use strict'
const { passThrough } = require('./pass-through.cjs')

/** What a command works with: its words, the set-up's findings, and ways to run programs that resolve to an exit status. */
function openContext(root, setup, words) {
  const program = (path, parameters, environment = {}) =>
    passThrough(path, parameters, { cwd: root, env: { ...setup.environment, ...environment } })
  return {
    root,
    words,
    ...setup,
    program,
    node: (parameters, environment) => program(setup.nodePath, parameters, environment),
    bitw: (parameters) =>
      passThrough(setup.nodePath, ['out/main/cli.cjs', ...parameters], {
        cwd: root,
        env: setup.environment,
        isTold: true,
      }),
  }
}

module.exports = { openContext }
