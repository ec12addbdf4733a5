/** The test of random kills with 200 of them in place of 20: it says how many there were of each kind, or what went wrong. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { machine } from '../machine.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function* killResults({ only, note }) {
  const kills = only ?? '200'
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(
    process.execPath,
    [
      vitest,
      'run',
      ...['--project', 'unit', '--retry', '0', '--testTimeout', '7200000'],
      'test/host/random-kills.test.ts',
    ],
    { cwd: root, env: { ...process.env, BITW_KILLS: kills }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  const line = /^.*kills of the core.*$/m.exec(said)?.[0]
  if (code !== 0 || line === undefined) {
    note(said)
    throw new Error('A committed step was lost, or a number changed: see above.')
  }
  yield { case: 'kill', what: `${kills} kills`, machine: machine(), lines: [line] }
}
