/** A client's line over a WebSocket: JSON text, one message each way. */
import { WebSocket, type RawData } from 'ws'
import type { Port } from './router'

/** What stands for a message that is no JSON; the router answers it as malformed. */
const unreadable = undefined
/** A line that is silent for two of these is dead: the peer's machine sleeps or the tunnel broke. */
const pingEveryMs = 30_000

export function webSocketPort(socket: WebSocket): Port {
  let drained: (() => void) | null = null
  let alive = true

  const ping = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, pingEveryMs)
  ping.unref()
  socket.on('pong', () => {
    alive = true
  })
  socket.on('close', () => clearInterval(ping))
  // A broken line closes by itself afterwards; what came too large or in a wrong form ends here.
  socket.on('error', () => socket.terminate())

  return {
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(JSON.stringify(message), () => {
        if (socket.bufferedAmount === 0) drained?.()
      })
    },
    onMessage(listener) {
      socket.on('message', (data, isBinary) => listener(isBinary ? unreadable : parse(data)))
    },
    onClose(listener) {
      socket.on('close', listener)
    },
    backlogBytes: () => socket.bufferedAmount,
    onDrain(listener) {
      drained = listener
    },
  }
}

function parse(data: RawData): unknown {
  try {
    return JSON.parse(String(data))
  } catch {
    return unreadable
  }
}
