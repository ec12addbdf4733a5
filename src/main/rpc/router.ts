/** Answers the calls of one connected client and pushes the core's events to it, over any port that carries messages. */
import type { z } from 'zod'
import { toWireError, WorkbenchError, type WireError } from '../../contract/errors'
import type { SequencedEvent } from '../../contract/events'
import { clientMessageSchema, type CoreMessage } from '../../contract/wire'
import type { Core } from '../host/compose'

export type RoutedCore = Pick<Core, 'callRaw' | 'subscribe'>

/** One client's line, whatever carries it. */
export interface Port {
  send(message: CoreMessage): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  /** Bytes given to `send` that the client has not taken yet. */
  backlogBytes(): number
  /** Called each time the backlog is gone. */
  onDrain(listener: () => void): void
}

/** What waits for a slow client before events are left out; a step's event has some 200 bytes. */
export const maxBacklogBytes = 8 * 1024 * 1024
/** Calls of one client that may be under way at once; the screens keep to a few dozen. */
export const maxOpenCalls = 256
/** The call id of an answer to a message that carries none. */
export const unknownCallId = -1

/**
 * Connects a client until its port closes. A client that does not keep up loses events, never answers: when it has
 * caught up it gets the newest event, whose sequence number shows the gap, and asks again for what it shows.
 */
export function connect(core: RoutedCore, port: Port): void {
  let openCalls = 0
  let closed = false
  let leftOut: SequencedEvent | null = null

  const unsubscribe = core.subscribe((event) => {
    if (port.backlogBytes() > maxBacklogBytes) leftOut = event
    else push(event)
  })
  const push = (event: SequencedEvent): void => {
    leftOut = null
    port.send({ type: 'event', event })
  }
  port.onDrain(() => {
    if (leftOut !== null && !closed) push(leftOut)
  })
  port.onClose(() => {
    closed = true
    unsubscribe()
  })

  const answer = (message: CoreMessage): void => {
    if (!closed) port.send(message)
  }
  const refuse = (callId: number, error: WireError): void => answer({ type: 'error', callId, error })

  port.onMessage((message) => {
    const checked = clientMessageSchema.safeParse(message)
    if (!checked.success) return refuse(callIdOf(message), malformed(checked.error))
    const { callId, name, input } = checked.data
    if (openCalls >= maxOpenCalls) return refuse(callId, tooManyCalls())
    openCalls++
    core
      .callRaw(name, input)
      .then(
        (output) => answer({ type: 'result', callId, output }),
        (thrown: unknown) => refuse(callId, toWireError(thrown)),
      )
      .finally(() => {
        openCalls--
      })
  })
}

function callIdOf(message: unknown): number {
  const callId = (message as { callId?: unknown } | null)?.callId
  return Number.isSafeInteger(callId) ? Number(callId) : unknownCallId
}

function malformed(error: z.ZodError): WireError {
  const fault = error.issues[0]
  const where = fault === undefined || fault.path.length === 0 ? 'the message' : fault.path.join('.')
  const what = fault?.message ?? 'unreadable'
  return toWireError(
    new WorkbenchError('bad-input', `The core got a message that it cannot read (${where}: ${what}).`),
  )
}

function tooManyCalls(): WireError {
  return toWireError(
    new WorkbenchError(
      'busy',
      `${maxOpenCalls} calls from this client are already waiting.`,
      'Try again in a moment.',
    ),
  )
}
