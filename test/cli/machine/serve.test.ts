import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { temporaryFolder } from '../../support/test-core'
import { buildCli, records, start } from '../run-cli'

const place = temporaryFolder('serve')
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => place.remove())

async function servedOnce(port: number): Promise<{ url: string; port: number; end(): Promise<unknown> }> {
  const serving = start(cliPath, ['serve', '--json', '--port', String(port), '--home', 'home'], place.path)
  await serving.until('stdout', /"serving".*\n/)
  const said = records(serving.stdout())[0]
  return {
    url: String(said?.['url']),
    port: Number(said?.['port']),
    end: () => {
      serving.child.kill('SIGTERM')
      return serving.ended
    },
  }
}

async function enter(url: string): Promise<{ session: string }> {
  const { origin, hash } = new URL(url)
  const headers = { Origin: origin }
  const answer = await fetch(`${origin}/session`, { method: 'POST', headers, body: hash.slice(1) })
  if (!answer.ok) throw new Error(`The server answers ${answer.status}.`)
  return (await answer.json()) as { session: string }
}

async function holds(port: number, { session }: { session: string }): Promise<boolean> {
  const headers = { Authorization: `Bearer ${session}` }
  return (await fetch(`http://127.0.0.1:${String(port)}/session`, { headers })).ok
}

it('lets a page that is open in again after a restart only where both starts were given one secret', async () => {
  const first = await servedOnce(0)
  const own = await enter(first.url)
  expect(await holds(first.port, own)).toBe(true)
  await first.end()
  vi.stubEnv('BITW_SERVE_SECRET', randomBytes(32).toString('base64url'))
  const second = await servedOnce(first.port)
  expect(await holds(second.port, own)).toBe(false)
  const given = await enter(second.url)
  await second.end()
  const third = await servedOnce(first.port)
  expect(await holds(third.port, given)).toBe(true)
  await third.end()
})

it('ends in order where the launcher that started it is killed', async () => {
  const launcherPath = join(place.path, 'launcher.cjs')
  writeFileSync(
    launcherPath,
    `require(${JSON.stringify(resolve('scripts/run/pass-through.cjs'))})
      .passThrough(process.execPath, process.argv.slice(2), { isTold: true })`,
  )
  const launched = start(launcherPath, [cliPath, 'serve', '--json', '--home', 'home'], place.path)
  await launched.until('stdout', /"serving".*\n/)
  launched.child.kill('SIGKILL')
  // both write to the same pipes, which close when the last of them is gone
  expect((await launched.ended).stderr).toContain('Ending …')
})

it('refuses a secret that could be guessed', async () => {
  vi.stubEnv('BITW_SERVE_SECRET', 'secret')
  const { code, stdout } = await start(cliPath, ['serve', '--json', '--home', 'home'], place.path).ended
  expect(code).toBe(2)
  expect(records(stdout)).toMatchObject([{ type: 'error', error: { code: 'bad-input' } }])
})

it('has other commands reach the core that serves the home', async () => {
  await drawTinyDataset(join(place.path, 'images'), 3)
  const served = await servedOnce(0)
  const asked = async (...words: string[]): Promise<ReturnType<typeof records>> => {
    const { code, stdout, stderr } = await start(cliPath, [...words, '--json', '--home', 'home'], place.path)
      .ended
    expect([words[0], code, stderr]).toEqual([words[0], 0, expect.any(String)])
    return records(stdout)
  }
  await asked('import', 'images', '--name', 'tiny')
  await asked('labels', 'set', 'tiny', 'red bars/00.png', '--class', 'green discs')
  await asked('datasets', 'check', 'tiny')
  expect(JSON.stringify(await asked('labels', 'list', 'tiny'))).toContain('red bars/00.png')
  // files that are longer than a message to that core
  await asked('labels', 'export', 'tiny', 'patch.csv')
  await asked('labels', 'undo', 'tiny')
  appendFileSync(join(place.path, 'patch.csv'), `${'0'.repeat(64)},none.png,exclude,,,,\n`.repeat(15_000))
  const applied = await asked('labels', 'apply', 'tiny', 'patch.csv')
  expect(applied).toMatchObject([{ type: 'label-patch-applied', changed: 1, misfitCount: 15_000 }])
  writeFileSync(join(place.path, 'list.txt'), `red bars/00.png test\n${'none.png test\n'.repeat(80_000)}`)
  const split = await asked('datasets', 'split', 'tiny', '--from', 'list.txt')
  expect(split).toMatchObject([{ type: 'split-taken', namedCount: 1, faultCount: 80_000 }])
  await served.end()
})

it('serves nothing where the bundle to show is none', async () => {
  writeFileSync(join(place.path, 'none.zip'), 'none')
  const args = ['ui', '--bundle', 'none.zip', '--json', '--home', 'home']
  const { code, stdout } = await start(cliPath, args, place.path).ended
  expect(code).not.toBe(0)
  expect(records(stdout)).toMatchObject([{ type: 'error', error: { code: 'bad-input' } }])
})

it.skipIf(process.platform === 'win32')(
  'opens the browser with a file that this user alone can read, and never with the link itself',
  async () => {
    const said = join(place.path, 'said.json')
    const programs = join(place.path, 'programs')
    mkdirSync(programs)
    for (const name of ['xdg-open', 'open']) {
      // Instead of a browser: it says what it was started with and what the file holds.
      const source = `#!${process.execPath}
const fs = require('node:fs')
const [path] = process.argv.slice(2)
const page = fs.readFileSync(path, 'utf8')
fs.writeFileSync(${JSON.stringify(`${said}.half`)}, JSON.stringify({ words: process.argv.slice(2), page, mode: fs.statSync(path).mode & 0o777 }))
fs.renameSync(${JSON.stringify(`${said}.half`)}, ${JSON.stringify(said)})
`
      writeFileSync(join(programs, name), source, { mode: 0o755 })
    }
    vi.stubEnv('PATH', `${programs}:${process.env['PATH'] ?? ''}`)
    const shown = new Promise<void>((resolve) => {
      const watcher = watch(place.path, () => {
        if (!existsSync(said)) return
        watcher.close()
        resolve()
      })
    })
    const serving = start(cliPath, ['serve', '--open', '--home', 'home'], place.path)
    const [, printed = ''] = await serving.until('stdout', /(http:\S+)\n/)
    await shown
    const { words, page, mode } = JSON.parse(readFileSync(said, 'utf8')) as {
      words: string[]
      page: string
      mode: number
    }
    expect(mode).toBe(0o600)
    expect(words).toHaveLength(1)
    expect(words.join()).not.toContain('http')
    const url = /href="([^"]+)"/.exec(page)?.[1] ?? ''
    expect(url).not.toBe(printed)
    const gone = new Promise<void>((resolve) => {
      const path = words[0] ?? ''
      watch(path, () => existsSync(path) || resolve())
    })
    await enter(url)
    await expect(enter(url)).rejects.toThrow('401')
    await gone
    await enter(printed)
    serving.child.kill('SIGTERM')
    await serving.ended
  },
)
