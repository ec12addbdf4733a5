import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { serve, type ServedCore } from '../../src/main/rpc/loopback'
import { ask, askRaw, serveTiny, type Answer, type Served } from './support'

let served: Served
beforeAll(async () => {
  served = await serveTiny()
})
afterAll(() => served.close())

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(served.server.port, path, headers)
const getIn = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  get(path, { Cookie: served.cookie, ...headers })

describe('who is let in', () => {
  it('takes the link once, for a cookie that scripts and other sites do not get', async () => {
    const { status, headers } = await get(`/?token=${served.token}`)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']).toEqual([`${served.cookie}; HttpOnly; SameSite=Strict; Path=/`])
    expect(Buffer.from(served.token, 'base64url')).toHaveLength(32)
  })

  for (const [what, path, headers] of [
    ['nothing', '/', {}],
    ['a wrong link', '/?token=wrong', {}],
    ['a wrong cookie', '/', { Cookie: 'bitw-1=x' }],
    ['the secret as the link of another page', '/assets/index-a1b2c3d4.js?token=TOKEN', {}],
    ['an image and no cookie', '/image/1?px=64', {}],
  ] as const) {
    it(`refuses who brings ${what}, in plain words`, async () => {
      const { status, body, headers: answered } = await get(path.replace('TOKEN', served.token), headers)
      expect(status).toBe(401)
      expect(String(body)).toContain('Open the whole link')
      expect(answered['set-cookie']).toBeUndefined()
    })
  }

  for (const host of [
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    '127.0.0.1:80@evil',
    '10.0.0.1',
  ]) {
    it(`refuses the host ${host}, even with the cookie`, async () => {
      const { status, body } = await getIn('/', { Host: host })
      expect(status).toBe(403)
      expect(String(body)).not.toContain('page')
    })
  }

  it('refuses a request that names no host', async () => {
    expect(await askRaw(served.server.port, `GET / HTTP/1.0\r\nCookie: ${served.cookie}\r\n\r\n`)).toContain(
      '403',
    )
  })

  it('answers behind a tunnel, where the port of the browser is another', async () => {
    const inTunnel = await get(`/?token=${served.token}`, { Host: 'localhost:9999' })
    expect(inTunnel.headers['set-cookie']?.[0]).toContain('bitw-9999=')
    const { status } = await get('/', { Host: 'localhost:9999', Cookie: `bitw-9999=${served.token}` })
    expect(status).toBe(200)
  })

  it('refuses what is no GET: without the own origin, and with it', async () => {
    const { port } = served.server
    const headers = { Cookie: served.cookie, Origin: 'http://evil.example' }
    expect((await ask(port, '/', headers, 'POST')).status).toBe(403)
    expect((await ask(port, '/', { Cookie: served.cookie }, 'POST')).status).toBe(403)
    const own = { Cookie: served.cookie, Origin: `http://127.0.0.1:${port}` }
    expect((await ask(port, '/', own, 'DELETE')).status).toBe(405)
  })

  it('listens on the loopback address only', () => {
    expect(new URL(served.server.url).hostname).toBe('127.0.0.1')
  })
})

describe('what it sends', () => {
  it('sends the page with a policy that allows nothing from elsewhere', async () => {
    const { status, headers, body } = await getIn('/')
    expect(status).toBe(200)
    expect(String(body)).toContain('page')
    const policy = String(headers['content-security-policy'])
    const { port } = served.server
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      `connect-src 'self' ws://127.0.0.1:${port}`,
    ]) {
      expect(policy.split('; ')).toContain(rule)
    }
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })

  it('lets the browser keep files whose name carries their hash', async () => {
    const { headers } = await getIn('/assets/index-a1b2c3d4.js')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toContain('immutable')
  })

  for (const path of [
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/..\\..\\secret.html',
    '/%00/index.html',
    '/index.html%00.js',
    '//etc/passwd',
    '/assets',
    '/assets/',
    'http://evil.example/index.html',
    '/__proto__',
    '/constructor',
  ]) {
    it(`finds nothing at ${path}`, async () => {
      const { status, body } = await getIn(path)
      expect(status).toBe(404)
      expect(String(body)).not.toContain('secret')
    })
  }

  it('sends images, and only their tag again while they are the same', async () => {
    const { status, headers, body } = await getIn(`/image/${served.imageId}?px=64`)
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^image\/(webp|jpeg)$/)
    expect(body.byteLength).toBeGreaterThan(50)
    const again = await getIn(`/image/${served.imageId}?px=64`, { 'If-None-Match': String(headers.etag) })
    expect(again.status).toBe(304)
    expect(again.body.byteLength).toBe(0)
  })

  it('sends an image in its own pixels, and only what was imported', async () => {
    const { status, headers, body } = await getIn(`/image/${served.imageId}?px=full`)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('image/png')
    expect(body.readUInt32BE(16), 'the width in the head of the PNG').toBe(48)
    for (const path of ['/image/999999?px=full', '/image/../../secret.html?px=full', '/image/1?px=FULL']) {
      expect((await getIn(path)).status).toBe(404)
    }
  })

  it('tells the core at once that a browser does not wait for an image any more', async () => {
    const asked = Promise.withResolvers<AbortSignal>()
    const core: ServedCore = {
      ...served.tested.core,
      image: (_key, _px, signal) =>
        new Promise((_resolve, reject) => {
          if (signal === undefined) return
          signal.addEventListener('abort', () => reject(new WorkbenchError('cancelled', 'gone')))
          asked.resolve(signal)
        }),
    }
    const server = await serve(core, { port: 0, rendererPath: join(served.folder, 'renderer') })
    const token = new URL(server.url).searchParams.get('token') ?? ''
    const request = httpRequest({
      host: '127.0.0.1',
      port: server.port,
      path: '/image/1?px=64',
      headers: { Cookie: `bitw-${server.port}=${token}` },
    })
    request.on('error', () => undefined)
    request.end()
    const signal = await asked.promise
    const told = new Promise((resolve) => signal.addEventListener('abort', resolve))
    request.destroy()
    await told
    await server.close()
  })

  for (const path of [
    '/image/0?px=64',
    '/image/-1?px=64',
    '/image/1e3?px=64',
    '/image/1?px=64abc',
    '/image/1?px=99999',
    '/image/1?px=3',
    '/image/1?px=64&px=128',
    '/image/../../secret.html',
    '/image/999999?px=64',
  ]) {
    it(`has no image at ${path}`, async () => {
      expect((await getIn(path)).status).toBe(404)
    })
  }
})

describe('what can go wrong at the start', () => {
  it('says in plain words that a port is taken', async () => {
    const second = serve(served.tested.core, {
      port: served.server.port,
      rendererPath: join(served.folder, 'renderer'),
    })
    await expect(second).rejects.toThrow(`Port ${served.server.port} is in use by another program`)
  })

  it('says that the interface is not built', async () => {
    const error = await serve(served.tested.core, {
      port: 0,
      rendererPath: join(served.folder, 'none'),
    }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(WorkbenchError)
    expect(String(error)).toContain('has not been built')
  })
})
