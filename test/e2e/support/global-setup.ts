/** Before all tests: the build must be there; homes to copy; a display where the machine has none. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { knowSpeed } from '../../support/known-speed'
import { makePreparedHomes } from './prepared-home'

export default async function globalSetup(): Promise<(() => void) | undefined> {
  for (const part of ['out/main/index.cjs', 'out/main/cli.cjs', 'out/renderer/index.html']) {
    if (!existsSync(resolve(part))) throw new Error(`${part} is not there: run "npm run build" first.`)
  }
  await makePreparedHomes(knowSpeed)
  if (process.platform !== 'linux' || process.env['DISPLAY'] !== undefined) return undefined
  return startDisplay()
}

/** Xvfb on a free display, whose number it writes to its file descriptor 3. Workers get DISPLAY from this process. */
async function startDisplay(): Promise<() => void> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const display = await new Promise<string>((resolveDisplay, reject) => {
    server.on('error', (cause) => reject(new Error(`There is no display, and no Xvfb: ${cause.message}`)))
    server.on('exit', (code) => reject(new Error(`Xvfb ended with ${String(code)}.`)))
    server.stdio[3]?.on('data', (number: Buffer) => resolveDisplay(`:${String(number).trim()}`))
  })
  process.env['DISPLAY'] = display
  return () => void server.kill()
}
