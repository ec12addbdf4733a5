import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Restarted } from '../../scripts/run/restarted.mjs'
import { temporaryFolder } from '../support/test-core'

const place = temporaryFolder('restarted')
afterAll(() => place.remove())

/** Says whether another holds the lock; holds it until SIGTERM, and lets it go only a moment later, as a core does. */
const program = `
  const fs = require('node:fs')
  const lock = process.argv[1]
  const found = fs.existsSync(lock) ? ' found it locked' : ' found it free'
  process.on('SIGTERM', () => setTimeout(() => { fs.rmSync(lock); process.exit(0) }, 100))
  fs.writeFileSync(lock, '')
  setInterval(() => {}, 1000)
  // last: whoever hears it may end the program at once
  console.log(process.env.TURN + found)`

it('never starts a program before the one before has let go, and the last of many calls wins', async () => {
  const lock = join(place.path, 'lock')
  const said: string[] = []
  let heard = (): void => undefined
  const restarted = new Restarted(
    {
      program: process.execPath,
      parameters: ['-e', program, lock],
      environment: { ...process.env },
      said: (line) => {
        said.push(line)
        heard()
      },
    },
    () => said.push('ended by itself'),
  )
  const next = () => new Promise<void>((resolve) => (heard = resolve))
  let spoken = next()
  await restarted.start({ TURN: '1' })
  await spoken
  spoken = next()
  await Promise.all([restarted.start({ TURN: '2' }), restarted.start({ TURN: '3' })])
  await spoken
  await restarted.end()
  expect(said).toEqual(['1 found it free', '3 found it free'])
  expect(existsSync(lock)).toBe(false)
})

it('tells of a program that ended by itself, and starts it again when asked', async () => {
  const file = join(place.path, 'status')
  writeFileSync(file, '7')
  let ended = (_status: number): void => undefined
  const end = () => new Promise<number>((resolve) => (ended = resolve))
  const restarted = new Restarted(
    {
      program: process.execPath,
      parameters: ['-e', `process.exit(Number(require('node:fs').readFileSync('${file}', 'utf8')))`],
      environment: { ...process.env },
      said: () => undefined,
    },
    (status) => ended(status),
  )
  const first = end()
  await restarted.start()
  expect(await first).toBe(7)
  writeFileSync(file, '8')
  const second = end()
  await restarted.start()
  expect(await second).toBe(8)
  await restarted.end()
})
