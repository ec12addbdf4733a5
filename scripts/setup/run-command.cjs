'use strict'
const { spawn } = require('node:child_process')

/**
 * Runs a command without input and resolves to `{ status, output, missing }` (both streams, the last 64 KiB); never rejects for
 * a failing command. `watch(elapsedMs)` is called every `watchMs`; a string that it returns ends the command with that reason.
 */
function runCommand(command, parameters, { cwd, env = process.env, watch, watchMs = 1000, passTo } = {}) {
  return new Promise((resolve) => {
    const startedAt = Date.now()
    // npm on Windows is a script
    const shell = process.platform === 'win32' && !/\.exe$/i.test(command)
    const child = spawn(command, parameters, {
      cwd,
      env,
      shell,
      stdio: ['ignore', passTo ?? 'pipe', passTo ?? 'pipe'],
    })
    let output = ''
    let reason = null
    const keep = (piece) => {
      output = (output + piece).slice(-65_536)
    }
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    const timer =
      watch &&
      setInterval(() => {
        const asked = watch(Date.now() - startedAt)
        if (typeof asked === 'string') {
          reason = asked
          child.kill()
        }
      }, watchMs)
    const end = (status, missing) => {
      clearInterval(timer)
      resolve({ status, output, missing, reason })
    }
    child.on('error', (error) => {
      output += error.message
      end(1, error.code === 'ENOENT')
    })
    child.on('close', (code) => end(code ?? 1, false))
  })
}

/** The lines of a failed command's output that say something, at most `count`. */
function lastLines(output, count = 3) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(npm )?(warn|notice)/i.test(line))
  return lines.slice(-count).join('\n    ')
}

module.exports = { runCommand, lastLines }
