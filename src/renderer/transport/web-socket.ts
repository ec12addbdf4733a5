/** The browser's line: a WebSocket to the address that served this page. It comes back by itself. */
import type { ClientMessage, CoreMessage } from '../../contract/wire'
import { ClientCore, lineLost, type Client } from './client'

const firstRetryMs = 250
const lastRetryMs = 8000

export function connectWebSocket(url: string): Promise<Client> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket | null = null
    let retryMs = firstRetryMs
    let everOpen = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const core = new ClientCore((message: ClientMessage) => {
      if (socket?.readyState !== WebSocket.OPEN) throw lineLost(message.name)
      socket.send(JSON.stringify(message))
    })

    const open = (): void => {
      const current = new WebSocket(url)
      socket = current
      let wasOpen = false
      current.onopen = () => {
        wasOpen = true
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
          reject(new Error('The workbench is not responding at this address. Is `bitw serve` still running?'))
          return
        }
        timer = setTimeout(open, retryMs)
        retryMs = Math.min(lastRetryMs, retryMs * 2)
      }
    }
    open()
  })
}

/** The page's own address with the path of the port. A token in the page's query travels along. */
export function portUrl(page: Location): string {
  const url = new URL('/port', page.href)
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:'
  const token = new URLSearchParams(page.search).get('token')
  if (token !== null) url.searchParams.set('token', token)
  return url.href
}
