import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { serve, type Loopback } from '../../src/main/rpc/loopback'
import { ask, enter, serveTiny, type Served } from './support'

let served: Served
beforeAll(async () => {
  served = await serveTiny()
})
afterAll(() => served.close())

const opened: Socket[] = []
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy()
})

/** Connects and says nothing, or no more than `said`. */
async function idle(port: number, said = ''): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1')
  socket.on('error', () => undefined)
  opened.push(socket)
  await once(socket, 'connect')
  socket.write(said)
  return socket
}

async function withServer(
  limits: { strangers?: number; admitted?: number; headersMs?: number },
  work: (server: Loopback) => Promise<void>,
): Promise<void> {
  const rendererPath = join(served.folder, 'renderer')
  const server = await serve(served.tested.core, { port: 0, rendererPath, limits })
  try {
    await work(server)
  } finally {
    await server.close()
  }
}

async function openPage({ port }: Loopback, session: string): Promise<WebSocket> {
  const origin = `http://127.0.0.1:${port}`
  const page = new WebSocket(`ws://127.0.0.1:${port}/port`, ['bitw', session], { origin })
  await once(page, 'open')
  return page
}

describe('connections that show no session', () => {
  it('lock nobody out, however many there are: the oldest of them go', async () => {
    const { server } = served
    const strangers = await Promise.all(
      Array.from({ length: 400 }, () => idle(server.port, 'GET / HTTP/1.1\r\n')),
    )
    expect((await ask(server.port, '/')).status).toBe(200)
    const { session } = await enter(server)
    const page = await openPage(server, session)
    page.terminate()
    await Promise.all(strangers.slice(0, 300).map((socket) => (socket.closed ? null : once(socket, 'close'))))
  })

  it('do not take the place of a page that is open', async () => {
    await withServer({ strangers: 3 }, async (server) => {
      const { session } = await enter(server)
      const page = await openPage(server, session)
      let closed = false
      page.on('close', () => (closed = true))
      for (let count = 0; count < 20; count++) await idle(server.port)
      page.send(JSON.stringify({ type: 'call', callId: 1, name: 'app.info', input: {} }))
      await once(page, 'message')
      expect(closed).toBe(false)
      page.terminate()
    })
  })

  it('are closed when their headers do not come, from the first moment on', async () => {
    await withServer({ headersMs: 50 }, async (server) => {
      const silent = await idle(server.port)
      const slow = await idle(server.port, 'GET / HTTP/1.1\r\nHost: 127')
      silent.resume()
      slow.resume()
      await Promise.all([once(silent, 'close'), once(slow, 'close')])
    })
  })
})
