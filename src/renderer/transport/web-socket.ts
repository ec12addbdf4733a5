/** The browser's line: a WebSocket to the address that served this page. It comes back by itself. */
import type { ClientMessage, CoreMessage } from '../../contract/wire'
import { ClientCore, lineLost, type Client } from './client'
import { notResponding, type Session } from './session'

const firstRetryMs = 250
const lastRetryMs = 8000

/** `sessionNow`: asked at each attempt, since the link that another page opened may have brought a new one. */
export function connectWebSocket(url: string, sessionNow: () => Session | null): Promise<Client> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket | null = null
    let imageKey = ''
    let retryMs = firstRetryMs
    let everOpen = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const core = new ClientCore((message: ClientMessage) => {
      if (socket?.readyState !== WebSocket.OPEN) throw lineLost(message.name)
      socket.send(JSON.stringify(message))
    })

    const open = (): void => {
      const session = sessionNow()
      // A page can send a server of WebSockets no other header.
      const current = new WebSocket(url, session === null ? [] : ['bitw', session.session])
      socket = current
      let wasOpen = false
      current.onopen = () => {
        wasOpen = true
        imageKey = session?.imageKey ?? ''
        retryMs = firstRetryMs
        if (everOpen) {
          core.announce('open')
          core.announce('again')
        } else {
          everOpen = true
          resolve({
            call: core.call,
            onEvent: (listener) => core.onEvent(listener),
            onConnection: (listener) => core.onConnection(listener),
            abilities: {},
            imageKey: () => imageKey,
            retry: () => {
              if (socket !== null && socket.readyState <= WebSocket.OPEN) return
              clearTimeout(timer)
              open()
            },
          })
        }
      }
      current.onmessage = (message: MessageEvent<string>) => {
        core.receive(JSON.parse(message.data) as CoreMessage)
      }
      current.onclose = () => {
        if (wasOpen) core.lost()
        else if (!everOpen && retryMs >= lastRetryMs) {
          reject(notResponding())
          return
        }
        timer = setTimeout(open, retryMs)
        retryMs = Math.min(lastRetryMs, retryMs * 2)
      }
    }
    open()
  })
}

/** The page's own address with the path of the port. */
export function portUrl(page: Location): string {
  const url = new URL('/port', page.href)
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
