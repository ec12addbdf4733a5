import type { Client } from './client'
import { awaitPort, connectPort, insideElectron } from './message-port'
import { lastSession, letIn } from './session'
import { connectWebSocket, portUrl } from './web-socket'

/** The one way to the core: a MessagePort in Electron, a WebSocket in a browser. Throws as `letIn` does. */
export async function connect(): Promise<Client> {
  if (insideElectron()) return connectPort(await awaitPort())
  await letIn()
  return connectWebSocket(portUrl(location), lastSession)
}
