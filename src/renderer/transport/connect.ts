import type { Client } from './client'
import { awaitPort, connectPort, insideElectron } from './message-port'
import { connectWebSocket, portUrl } from './web-socket'

/** The one way to the core: a MessagePort in Electron, a WebSocket in a browser. */
export async function connect(): Promise<Client> {
  if (insideElectron()) return connectPort(await awaitPort())
  return connectWebSocket(portUrl(location))
}
