'use strict'
const { spawn } = require('node:child_process')

const passedOn = ['SIGTERM', 'SIGHUP']

/**
 * Runs a program in this terminal and resolves to its exit status. Ctrl-C reaches the program by itself, which decides how to end;
 * what is sent to this process alone is passed on, so that no program is left behind.
 * `isTold`: the program is one of ours, for Node, and gets a channel that breaks where this process is killed: it then ends, too.
 */
function passThrough(program, parameters, { cwd, env, isTold = false }) {
  return new Promise((resolve) => {
    const stdio = ['inherit', 'inherit', 'inherit', ...(isTold ? ['ipc'] : [])]
    const child = spawn(program, parameters, { cwd, env, stdio })
    const listeners = new Map(passedOn.map((signal) => [signal, () => child.kill(signal)]))
    listeners.set('SIGINT', () => {})
    for (const [signal, listener] of listeners) process.on(signal, listener)
    const end = (status) => {
      for (const [signal, listener] of listeners) process.off(signal, listener)
      resolve(status)
    }
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`)
      end(1)
    })
    // 128 + the signal's number, as a shell says it
    child.on('close', (code, signal) =>
      end(code ?? 128 + (require('node:os').constants.signals[signal] ?? 0)),
    )
  })
}

module.exports = { passThrough }
