/** Clients over the channel of a forked process: the window's process relays the messages of its pages. */
import { toWireError } from '../../contract/errors'
import type { Core } from '../host/compose'
import type { FromCoreProcess, ToCoreProcess } from './process-messages'
import { connect, type Port } from './router'

/** The part of a process that carries the channel; a test gives its own. */
export interface ChannelProcess {
  send?(message: FromCoreProcess, callback: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: ToCoreProcess) => void): unknown
}

type ImageMessage = Extract<ToCoreProcess, { type: 'image' }>

interface Client {
  receive(message: unknown): void
  close(): void
}

export function connectProcess(
  core: Pick<Core, 'callRaw' | 'subscribe' | 'image'>,
  parent: ChannelProcess,
): void {
  const clients = new Map<number, Client>()
  const drained = new Set<() => void>()
  const images = new Map<number, AbortController>()
  let backlogBytes = 0

  const post = (message: FromCoreProcess, byteCount = 0): void => {
    backlogBytes += byteCount
    // An error here is a channel that has closed: core.ts ends the process then.
    parent.send?.(message, () => {
      backlogBytes -= byteCount
      if (backlogBytes === 0) for (const listener of drained) listener()
    })
  }

  const open = (clientId: number): void => {
    let receive: (message: unknown) => void = () => undefined
    let close: () => void = () => undefined
    let drain: () => void = () => undefined
    const port: Port = {
      // The channel serializes by itself and does not tell how much: events are small, and only they are weighed.
      send: (message) =>
        post({ type: 'client-message', clientId, message }, message.type === 'event' ? eventBytes : 0),
      onMessage: (listener) => {
        receive = listener
      },
      onClose: (listener) => {
        close = listener
      },
      backlogBytes: () => backlogBytes,
      onDrain: (listener) => {
        drain = listener
        drained.add(listener)
      },
    }
    connect(core, port)
    clients.set(clientId, {
      receive: (message) => receive(message),
      close: () => {
        drained.delete(drain)
        close()
      },
    })
  }

  const closeClient = (clientId: number): void => {
    clients.get(clientId)?.close()
    clients.delete(clientId)
  }

  const sendImage = async ({ requestId, key, maxPx }: ImageMessage): Promise<void> => {
    const gone = new AbortController()
    images.set(requestId, gone)
    try {
      const { bytes, mime } = await core.image(key, maxPx, gone.signal)
      const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
      post({ type: 'image', requestId, mime, base64 })
    } catch (thrown) {
      post({ type: 'image-error', requestId, error: toWireError(thrown) })
    } finally {
      images.delete(requestId)
    }
  }

  parent.on('message', (message) => {
    if (message.type === 'client-open') {
      closeClient(message.clientId)
      open(message.clientId)
    } else if (message.type === 'client-message') clients.get(message.clientId)?.receive(message.message)
    else if (message.type === 'client-close') closeClient(message.clientId)
    else if (message.type === 'image-cancel') images.get(message.requestId)?.abort()
    else if (message.type === 'image') void sendImage(message)
  })
}

/** What an event is taken to weigh: a step's has some 200 bytes, a run's with its choices 4000. */
const eventBytes = 1000
