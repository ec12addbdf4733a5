/**
 * How many connections the server holds. Any program can open some and say nothing: they must not take the place of the
 * page that the owner has open, nor of the one that the owner opens now.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionLimits {
  /** That have not shown a session. For one more the oldest goes, an idle one first. */
  readonly strangers: number
  /** That have. More are answered, and count as strangers. */
  readonly admitted: number
  /** Until a request's headers are there, from the connection's start or the first byte of the request. */
  readonly headersMs: number
}

/** A browser opens six for a page, and a WebSocket for each page that is open. */
const defaultLimits: ConnectionLimits = { strangers: 64, admitted: 256, headersMs: 10_000 }

export interface Connections {
  /** The client behind this connection has shown its session. */
  admit(socket: Socket): void
}

export function limitConnections(server: Server, limits: Partial<ConnectionLimits> = {}): Connections {
  const { strangers: most, admitted: mostAdmitted, headersMs } = { ...defaultLimits, ...limits }
  server.headersTimeout = headersMs
  /** In the order they came. */
  const strangers = new Set<Socket>()
  const admitted = new Set<Socket>()
  const answering = new Map<Socket, number>()

  server.on('connection', (socket) => {
    strangers.add(socket)
    socket.on('close', () => {
      strangers.delete(socket)
      admitted.delete(socket)
      answering.delete(socket)
    })
    if (strangers.size <= most) return
    const others = [...strangers].filter((one) => one !== socket)
    const goes = others.find((one) => (answering.get(one) ?? 0) === 0) ?? others[0]
    goes?.destroy()
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, (answering.get(socket) ?? 0) + 1)
    response.on('close', () => {
      const before = answering.get(socket)
      if (before !== undefined) answering.set(socket, before - 1)
    })
  })
  return {
    admit(socket) {
      if (!strangers.has(socket) || admitted.size >= mostAdmitted) return
      strangers.delete(socket)
      admitted.add(socket)
    },
  }
}
