import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../support/test-core'
import { buildCli, records, start } from './run-cli'

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

it('lets a page that is open in again after a restart, where both starts were given one secret', async () => {
  vi.stubEnv('BITW_SERVE_TOKEN', randomBytes(32).toString('base64url'))
  const first = await servedOnce(0)
  const entered = await fetch(first.url, { redirect: 'manual' })
  const cookie = String(entered.headers.get('set-cookie')).split(';')[0] ?? ''
  await first.end()
  const second = await servedOnce(first.port)
  const page = `http://127.0.0.1:${String(first.port)}/`
  expect((await fetch(page, { headers: { cookie } })).status).toBe(200)
  expect((await fetch(page)).status).toBe(401)
  await second.end()
})

it('refuses a secret that could be guessed', async () => {
  vi.stubEnv('BITW_SERVE_TOKEN', 'secret')
  const { code, stdout } = await start(cliPath, ['serve', '--json', '--home', 'home'], place.path).ended
  expect(code).toBe(2)
  expect(records(stdout)).toMatchObject([{ type: 'error', error: { code: 'bad-input' } }])
})
