import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { connectWebSocket, portUrl } from '../../src/renderer/transport/web-socket'

let server: WebSocketServer | null = null
/** What each line asked for. */
let offered: string[] = []
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate()
  server?.close()
})

async function listen(): Promise<{ url: string; lines: WebSocket[] }> {
  const lines: WebSocket[] = []
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  offered = []
  server.on('connection', (line, request) => {
    lines.push(line)
    offered.push(String(request.headers['sec-websocket-protocol']).replace(/, */, ', '))
  })
  await once(server, 'listening')
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/port`, lines }
}

describe('the browser’s line', () => {
  it('calls, and comes back by itself when it breaks', async () => {
    const { url, lines } = await listen()
    const client = await connectWebSocket(url, () => null)
    lines[0]?.on('message', (data: Buffer) => {
      const { callId } = JSON.parse(String(data)) as { callId: number }
      lines[0]?.send(JSON.stringify({ type: 'result', callId, output: [] }))
    })
    expect(await client.call('runs.list', {})).toEqual([])

    const states: string[] = []
    const back = new Promise<void>((resolve) => {
      client.onConnection((state) => {
        states.push(state)
        if (state === 'again') resolve()
      })
    })
    lines[0]?.removeAllListeners('message')
    const waiting = client.call('datasets.list', {})
    const broken = expect(waiting).rejects.toThrow(/connection .* was lost/)
    lines[0]?.terminate()
    await broken
    await back
    expect(states).toEqual(['lost', 'open', 'again'])
    expect(lines).toHaveLength(2)
  })

  it('is tried again at once when that is asked for, however long the next attempt is away', async () => {
    const { url, lines } = await listen()
    const client = await connectWebSocket(url, () => null)
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const seen = (wanted: string) =>
      new Promise<void>((resolve) => {
        client.onConnection((state) => state === wanted && resolve())
      })
    const lost = seen('lost')
    lines[0]?.terminate()
    await lost
    const back = seen('again')
    client.retry?.()
    await back
    expect(lines).toHaveLength(2)
  })

  it('shows the session of the moment at each attempt, since another page may have brought a new one', async () => {
    const { url, lines } = await listen()
    let last = 'first'
    const client = await connectWebSocket(url, () => ({ session: last, imageKey: `key of ${last}` }))
    expect(offered).toEqual(['bitw, first'])
    expect(client.imageKey()).toBe('key of first')
    const back = new Promise<void>((resolve) => {
      client.onConnection((state) => state === 'again' && resolve())
    })
    last = 'second'
    lines[0]?.terminate()
    await back
    expect(offered).toEqual(['bitw, first', 'bitw, second'])
    expect(client.imageKey()).toBe('key of second')
  })

  it('lies at the address of the page', () => {
    const page = new URL('http://127.0.0.1:5300/?a=b#/runs') as unknown as Location
    expect(portUrl(page)).toBe('ws://127.0.0.1:5300/port')
    expect(portUrl(new URL('http://localhost:80/') as unknown as Location)).toBe('ws://localhost/port')
  })
})
