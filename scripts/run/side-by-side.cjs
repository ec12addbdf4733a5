'use strict'
const { spawn } = require('node:child_process')

/**
 * Runs programs, at most `width` at a time, in their order. What one prints is kept until it ends, so that no two mix, and given to `onEnd` with its exit
 * status. Resolves to the names of those that failed, in their order. A signal that ends this process ends them too.
 *
 * @param {{ name: string, program: string, parameters: string[] }[]} programs
 * @param {{ cwd: string, env: Record<string, string>, width: number }} options
 * @param {(end: { name: string, status: number, elapsedMs: number, output: string }) => void} onEnd
 */
async function sideBySide(programs, { cwd, env, width }, onEnd) {
  const waiting = [...programs]
  const failed = new Set()
  const running = new Set()
  let stoppedBy = null
  const stop = (signal) => {
    stoppedBy = signal
    for (const child of running) child.kill(signal)
  }
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && stoppedBy === null; next = waiting.shift()) {
      const end = await runOne(next, { cwd, env }, running)
      if (end.status !== 0) failed.add(next.name)
      if (stoppedBy === null) onEnd({ name: next.name, ...end })
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, stop)
  await Promise.all(Array.from({ length: Math.max(1, width) }, work))
  for (const signal of signals) process.off(signal, stop)
  if (stoppedBy !== null) process.kill(process.pid, stoppedBy)
  return programs.map(({ name }) => name).filter((name) => failed.has(name))
}

function runOne({ program, parameters }, { cwd, env }, running) {
  const startedAt = Date.now()
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd,
      env: { ...env, ...colour },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const pieces = []
    running.add(child)
    child.stdout.on('data', (piece) => pieces.push(piece))
    child.stderr.on('data', (piece) => pieces.push(piece))
    child.on('error', (error) => pieces.push(Buffer.from(`${program}: ${error.message}\n`)))
    child.on('close', (code) => {
      running.delete(child)
      const output = Buffer.concat(pieces).toString()
      resolve({ status: code ?? 1, elapsedMs: Date.now() - startedAt, output })
    })
  })
}

module.exports = { sideBySide }
