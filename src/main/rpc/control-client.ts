/** A core in another process, over its control socket. */
import type { Socket } from 'node:net'
import { endpoints, type Call } from '../../contract/endpoints'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import type { SequencedEvent } from '../../contract/events'
import { coreMessageSchema, type ClientMessage } from '../../contract/wire'
import { onLine, reachControl } from './control-socket'

export interface RemoteCore {
  readonly call: Call
  subscribe(listener: (event: SequencedEvent) => void): () => void
  /** Lets go of the line; the core stays. */
  close(): Promise<void>
}

/** null where no core of this home can be reached. */
export async function openControl(homePath: string): Promise<RemoteCore | null> {
  const socket = await reachControl(homePath)
  return socket === null ? null : clientOver(socket)
}

interface Waiting {
  resolve(output: unknown): void
  reject(error: Error): void
}

function clientOver(socket: Socket): RemoteCore {
  const waiting = new Map<number, Waiting>()
  const listeners = new Set<(event: SequencedEvent) => void>()
  let lastCallId = 0
  let isClosed = false
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    isClosed = true
    for (const { reject } of waiting.values()) reject(gone())
    waiting.clear()
  })
  onLine(socket, (line) => {
    const message = coreMessageSchema.safeParse(JSON.parse(line)).data
    if (message === undefined) return
    if (message.type === 'event') {
      for (const listener of [...listeners]) listener(message.event)
      return
    }
    const call = waiting.get(message.callId)
    waiting.delete(message.callId)
    if (message.type === 'result') call?.resolve(message.output)
    else call?.reject(fromWireError(message.error))
  })
  const call: Call = async (name, input) => {
    if (isClosed) throw gone()
    const output = await new Promise<unknown>((resolve, reject) => {
      const callId = ++lastCallId
      waiting.set(callId, { resolve, reject })
      const message: ClientMessage = { type: 'call', callId, name, input }
      socket.write(`${JSON.stringify(message)}\n`)
    })
    // The table relates name and output; TypeScript cannot follow the two through one generic index.
    return endpoints[name].output.parse(output) as never
  }
  return {
    call,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      socket.end()
      socket.destroy()
      return Promise.resolve()
    },
  }
}

function gone(): WorkbenchError {
  return new WorkbenchError(
    'cancelled',
    'The workbench that has the home has ended.',
    'Try again: the next command opens the home itself.',
  )
}
