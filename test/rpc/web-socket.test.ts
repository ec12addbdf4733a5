import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { coreMessageSchema, type CoreMessage } from '../../src/contract/wire'
import { serveTiny, type Served } from './support'

let served: Served
beforeAll(async () => {
  served = await serveTiny()
})
afterAll(() => served.close())

interface Dialled extends ClientOptions {
  readonly protocols?: string[]
}
const own = (): Dialled => ({
  origin: `http://127.0.0.1:${served.server.port}`,
  protocols: ['bitw', served.session],
})

function dial({ protocols = [], ...options }: Dialled, path = '/port'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${served.server.port}${path}`, protocols, options)
}

/** The status that the server refuses with; 101 where it lets in. */
function statusOf(options: Dialled, path?: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = dial(options, path)
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      resolve(response.statusCode ?? 0)
    })
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    // What follows a refusal.
    socket.on('error', () => undefined)
  })
}

async function nextMessage(socket: WebSocket): Promise<CoreMessage> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return coreMessageSchema.parse(JSON.parse(String(data)))
}

describe('the port over a WebSocket', () => {
  it('lets in a page of this server that has a session, and nobody else', async () => {
    const { protocols = [], origin = '' } = own()
    const { port } = served.server
    expect(await statusOf(own())).toBe(101)
    expect(await statusOf({ origin })).toBe(401)
    expect(await statusOf({ origin, protocols: ['bitw', served.imageKey] })).toBe(401)
    expect(await statusOf({ origin, protocols: ['other', served.session] })).toBe(401)
    expect(await statusOf({ protocols })).toBe(403)
    expect(await statusOf({ protocols, origin: 'http://evil.example' })).toBe(403)
    expect(await statusOf({ protocols, origin: `http://127.0.0.1:${port + 1}` })).toBe(403)
    expect(await statusOf({ protocols, origin: `https://127.0.0.1:${port}` })).toBe(403)
    expect(await statusOf({ protocols, origin: 'null' })).toBe(403)
    expect(
      await statusOf({ protocols, headers: { Host: 'evil.example' }, origin: 'http://evil.example' }),
    ).toBe(403)
    expect(await statusOf(own(), '/other')).toBe(404)
  })

  it('carries calls, errors and events of the real core', async () => {
    const socket = dial(own())
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'call', callId: 1, name: 'datasets.list', input: {} }))
    expect(await nextMessage(socket)).toMatchObject({ type: 'result', callId: 1, output: [{ name: 'tiny' }] })
    socket.send(JSON.stringify({ type: 'call', callId: 2, name: 'no.such', input: {} }))
    expect(await nextMessage(socket)).toMatchObject({
      type: 'error',
      callId: 2,
      error: { code: 'bad-input' },
    })
    socket.send(JSON.stringify({ type: 'call', callId: 3, name: 'runs.get', input: { id: 'one' } }))
    expect(await nextMessage(socket)).toMatchObject({
      type: 'error',
      callId: 3,
      error: { code: 'bad-input' },
    })
    const pushed = nextMessage(socket)
    await served.tested.core.call('datasets.setSplit', {
      id: 1,
      split: { valFraction: 0.25, testFraction: 0.25, seed: 1 },
    })
    expect(await pushed).toMatchObject({ type: 'event', event: { event: { type: 'datasets-changed' } } })
    socket.terminate()
  })

  it('answers what is no JSON with an error, and goes on', async () => {
    const socket = dial(own())
    await once(socket, 'open')
    socket.send('{"type":"call",')
    expect(await nextMessage(socket)).toMatchObject({ type: 'error', error: { code: 'bad-input' } })
    socket.send(Buffer.from([1, 2, 3]))
    expect(await nextMessage(socket)).toMatchObject({ type: 'error', error: { code: 'bad-input' } })
    socket.send(JSON.stringify({ type: 'call', callId: 3, name: 'app.info', input: {} }))
    expect(await nextMessage(socket)).toMatchObject({ type: 'result', callId: 3 })
    socket.terminate()
  })

  it('closes on a message above 1 MiB; the server stands', async () => {
    const socket = dial(own())
    await once(socket, 'open')
    // The server's close may cut the sending short.
    socket.on('error', () => undefined)
    socket.send('x'.repeat(1024 * 1024 + 1))
    await once(socket, 'close')
    expect(await statusOf(own())).toBe(101)
  })
})
