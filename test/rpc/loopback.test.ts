import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { serve } from '../../src/main/rpc/loopback'
import type { ServedCore } from '../../src/main/rpc/site'
import { ask, askRaw, enter, serveTiny, type Answer, type Served } from './support'

let served: Served
beforeAll(async () => {
  served = await serveTiny()
})
afterAll(() => served.close())

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(served.server.port, path, headers)
const image = (size = 'px=64'): string => `/image/${served.imageId}?${size}&key=${served.imageKey}`
const own = (): Record<string, string> => ({ Origin: `http://127.0.0.1:${served.server.port}` })

describe('who is let in', () => {
  it('gives a session for the code of the link, in no cookie and in no address', async () => {
    const { port, link } = served.server
    const url = new URL(link())
    expect(url.pathname + url.search).toBe('/enter')
    const { status, headers, body } = await ask(port, '/session', own(), 'POST', url.hash.slice(1))
    expect(status).toBe(201)
    expect(headers['set-cookie']).toBeUndefined()
    expect(headers['cache-control']).toBe('no-store')
    const { session } = JSON.parse(String(body)) as { session: string }
    const bearer = { Authorization: `Bearer ${session}` }
    expect((await get('/session', bearer)).status).toBe(200)
    expect(Buffer.from(url.hash.slice(1), 'base64url')).toHaveLength(16)
  })

  for (const code of ['', 'wrong', 'x'.repeat(100)]) {
    it(`gives none for the code "${code.slice(0, 8)}", in plain words`, async () => {
      const { status, body } = await ask(served.server.port, '/session', own(), 'POST', code)
      expect(status).toBe(401)
      expect(String(body)).toContain('Open the whole link')
    })
  }

  it('gives none to another page, whatever code it has', async () => {
    const { port, link } = served.server
    const code = new URL(link()).hash.slice(1)
    for (const headers of [{ Origin: 'http://127.0.0.1:1' }, { Origin: 'null' }, {}] as Record<
      string,
      string
    >[])
      expect((await ask(port, '/session', headers, 'POST', code)).status).toBe(403)
  })

  it('lets a link for one use in once', async () => {
    const { url, ended } = served.server.linkForOnce()
    await enter(served.server, url)
    expect(await ended).toBe(true)
    await expect(enter(served.server, url)).rejects.toThrow('401')
  })

  for (const [what, path, headers] of [
    ['no session', '/session', {}],
    ['a wrong session', '/session', { Authorization: 'Bearer wrong' }],
    ['the session in a cookie', '/session', { Cookie: 'bitw=SESSION' }],
    ['an image and no key', '/image/1?px=64', {}],
    ['an image and a wrong key', '/image/1?px=64&key=wrong', {}],
    ['an image and a session for its key', '/image/1?px=64&key=SESSION', {}],
    ['a row of a prediction and no key', '/predicted/1/0?px=64', {}],
  ] as const) {
    it(`refuses who brings ${what}`, async () => {
      const put = (text: string): string => text.replace('SESSION', served.session)
      const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)]))
      const { status, body, headers: answered } = await get(put(path), given)
      expect(status).toBe(401)
      expect(String(body)).toContain('Open the whole link')
      expect(answered['set-cookie']).toBeUndefined()
    })
  }

  it('refuses what a browser says another page wants for itself, and lets a person come by a link', async () => {
    for (const site of ['same-site', 'cross-site']) {
      const of = (mode: string, dest: string): Record<string, string> => ({
        'Sec-Fetch-Site': site,
        'Sec-Fetch-Mode': mode,
        'Sec-Fetch-Dest': dest,
      })
      expect((await get(image(), of('no-cors', 'image'))).status).toBe(403)
      expect((await get('/', of('navigate', 'iframe'))).status).toBe(403)
      expect((await get('/assets/index-a1b2c3d4.js', of('no-cors', 'script'))).status).toBe(403)
      expect((await get('/', of('navigate', 'document'))).status).toBe(200)
    }
  })

  for (const host of [
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    '127.0.0.1:80@evil',
    '10.0.0.1',
  ]) {
    it(`refuses the host ${host}, even with the key`, async () => {
      const { status, body } = await get(image(), { Host: host })
      expect(status).toBe(403)
      expect(String(body)).not.toContain('page')
    })
  }

  it('refuses a request that names no host', async () => {
    expect(await askRaw(served.server.port, `GET ${image()} HTTP/1.0\r\n\r\n`)).toContain('403')
  })

  it('answers behind a tunnel, where the port of the browser is another', async () => {
    const tunnel = { Host: 'localhost:9999', Origin: 'http://localhost:9999' }
    const code = new URL(served.server.link()).hash.slice(1)
    expect((await ask(served.server.port, '/session', tunnel, 'POST', code)).status).toBe(201)
    expect((await get(image(), { Host: 'localhost:9999' })).status).toBe(200)
  })

  it('refuses what is no GET: without the own origin, and with it', async () => {
    const { port } = served.server
    const bearer = { Authorization: `Bearer ${served.session}` }
    expect((await ask(port, '/', { ...bearer, Origin: 'http://evil.example' }, 'POST')).status).toBe(403)
    expect((await ask(port, '/', bearer, 'POST')).status).toBe(403)
    expect((await ask(port, '/', { ...bearer, ...own() }, 'DELETE')).status).toBe(405)
  })

  it('listens on the loopback address only', () => {
    expect(new URL(served.server.link()).hostname).toBe('127.0.0.1')
  })
})

describe('what it sends', () => {
  it('sends the page with a policy that allows nothing from elsewhere', async () => {
    const { status, headers, body } = await get('/')
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
    const { headers } = await get('/assets/index-a1b2c3d4.js')
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
      const { status, body } = await get(path)
      expect(status).toBe(404)
      expect(String(body)).not.toContain('secret')
    })
  }

  it('sends images, and only their tag again while they are the same', async () => {
    const { status, headers, body } = await get(image())
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^image\/(webp|jpeg)$/)
    expect(body.byteLength).toBeGreaterThan(50)
    const again = await get(image(), { 'If-None-Match': String(headers.etag) })
    expect(again.status).toBe(304)
    expect(again.body.byteLength).toBe(0)
  })

  it('sends an image in its own pixels, and only what was imported', async () => {
    const { status, headers, body } = await get(image('px=full'))
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('image/png')
    expect(body.readUInt32BE(16), 'the width in the head of the PNG').toBe(48)
    for (const path of ['/image/999999?px=full', '/image/../../secret.html?px=full', '/image/1?px=FULL']) {
      expect((await get(`${path}&key=${served.imageKey}`)).status).toBe(404)
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
    const { imageKey } = await enter(server)
    const request = httpRequest({
      host: '127.0.0.1',
      port: server.port,
      path: `/image/1?px=64&key=${imageKey}`,
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
      const keyed = `${path}${path.includes('?') ? '&' : '?'}key=${served.imageKey}`
      expect((await get(keyed)).status).toBe(404)
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
