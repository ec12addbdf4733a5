import type { Client } from './client'
import { awaitPort, connectPort, insideElectron } from './message-port'
import { lastSession, letIn, onNewSession } from './session'
import { connectWebSocket, portUrl } from './web-socket'

/** The one way to the core: a MessagePort in Electron, a WebSocket in a browser. Throws as `letIn` does. */
export async function connect(): Promise<Client> {
  if (insideElectron()) return connectPort(await awaitPort())
  await letIn()
  const client = await connectWebSocket(portUrl(location), lastSession)
  // The workbench was started again and its link opened: no need to wait for the next try.
  onNewSession(() => client.retry?.())
  return client
}
