/** Looking at every image of a folder once: decoded, measured, hashed. Ours stores what it found as well. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { peerRun } from '../peers/process.mjs'

const cli = fileURLToPath(new URL('../../out/main/cli.cjs', import.meta.url))
const peerScript = fileURLToPath(new URL('../peers/import.py', import.meta.url))

export async function importCase({ folder }) {
  if (folder === undefined)
    throw new Error('import needs --folder IMAGES (a folder with a folder for each class)')
  return {
    what: `import of ${path.basename(folder)}`,
    unit: 'images/s',
    peerName: 'Pillow: full decode and SHA-256 on as many processes as cores',
    ours: () => importOnce(folder),
    peer: (python) => peerRun(python, [peerScript, folder]),
  }
}

function importOnce(folder) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'bitw-bench-'))
  // From its first word on: the peer, too, does not count its start.
  let startMs = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [cli, 'import', folder, '--name', 'bench', '--home', home, '--json'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    child.stderr.once('data', () => (startMs = performance.now()))
    child.stderr.resume()
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('close', (code) => {
      const elapsedMs = performance.now() - startMs
      rmSync(home, { recursive: true, force: true })
      if (code !== 0) return reject(new Error(`import ended with ${code}`))
      const dataset = JSON.parse(output.trim().split('\n').at(-1))
      const imageCount = dataset.imageCount ?? dataset.dataset?.imageCount
      resolve({ rate: (imageCount * 1000) / elapsedMs, peakMemoryBytes: null })
    })
  })
}
