import { spawn } from 'node:child_process'

/** Runs a peer's script, which prints one JSON line with `rate` and `peakMemoryBytes`. */
export function peerRun(python, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${python} ${args[0]} ended with ${code}`))
      else resolve(JSON.parse(output.trim().split('\n').at(-1)))
    })
  })
}
