/** Electron's line: the preload hands over one MessagePort, and what the shell can do. */
import type { CoreMessage, ShellAbilities } from '../../contract/wire'
import { ClientCore, lineLost, type Client } from './client'

declare global {
  interface Window {
    /** Exposed by the preload; absent in a browser. */
    bitwAbilities?: ShellAbilities
  }
}

export function insideElectron(): boolean {
  return location.protocol === 'bitw:' || window.bitwAbilities !== undefined
}

/** Call before anything else runs: the preload sends the port once, when the page has loaded. */
export function awaitPort(): Promise<MessagePort> {
  return new Promise((resolve) => {
    const listen = (message: MessageEvent<unknown>): void => {
      const [port] = message.ports
      if (message.source !== window || message.data !== 'bitw-port' || !port) return
      window.removeEventListener('message', listen)
      resolve(port)
    }
    window.addEventListener('message', listen)
  })
}

export function connectPort(port: MessagePort): Client {
  let closed = false
  const core = new ClientCore((message) => {
    // A closed port swallows what is posted to it.
    if (closed) throw lineLost(message.name)
    port.postMessage(message)
  })
  port.onmessage = (message: MessageEvent<CoreMessage | { type: 'closed' }>) => {
    if (message.data.type === 'closed') {
      closed = true
      core.lost()
    } else core.receive(message.data)
  }
  port.start()
  // After the core was started again, the preload hands a new port over: the page then starts anew.
  void awaitPort().then(() => location.reload())
  return {
    call: core.call,
    onEvent: (listener) => core.onEvent(listener),
    onConnection: (listener) => core.onConnection(listener),
    abilities: window.bitwAbilities ?? {},
    imageKey: () => '',
  }
}
