/** What the renderer knows of the core: calls, pushed events, and whether the line stands. */
import type { Call, EndpointName, Input, Output } from '../../contract/endpoints'
import { WorkbenchError, fromWireError } from '../../contract/errors'
import type { CoreEvent } from '../../contract/events'
import type { ClientMessage, CoreMessage, ShellAbilities } from '../../contract/wire'

/** `again`: the line stands, but events were missed (a gap or a reconnection): ask anew. */
export type ConnectionState = 'open' | 'lost' | 'again'

export interface Client {
  call: Call
  onEvent(listener: (event: CoreEvent) => void): () => void
  onConnection(listener: (state: ConnectionState) => void): () => void
  abilities: ShellAbilities
  /** What the addresses of images must carry, while the line stands; '' in Electron. */
  imageKey(): string
  /** Tries at once to bring a lost line back; absent where that is not in the page's hands. */
  retry?(): void
}

interface Pending {
  readonly name: EndpointName
  resolve(output: unknown): void
  reject(error: Error): void
}

/** The part that both transports share: call ids, waiting calls, the event sequence, listeners. */
export class ClientCore {
  private nextCallId = 1
  private lastSequence: number | null = null
  private readonly pending = new Map<number, Pending>()
  private readonly eventListeners = new Set<(event: CoreEvent) => void>()
  private readonly connectionListeners = new Set<(state: ConnectionState) => void>()

  /** `post` throws where the line is down. */
  constructor(private readonly post: (message: ClientMessage) => void) {}

  readonly call: Call = <N extends EndpointName>(name: N, input: Input<N>): Promise<Output<N>> =>
    new Promise<Output<N>>((resolve, reject) => {
      const callId = this.nextCallId++
      // The core validates every answer against the same contract before it sends it.
      this.pending.set(callId, { name, resolve: (output) => resolve(output as Output<N>), reject })
      try {
        this.post({ type: 'call', callId, name, input })
      } catch (error) {
        this.pending.delete(callId)
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })

  receive(message: CoreMessage): void {
    if (message.type === 'event') {
      const { sequence, event } = message.event
      const missed = this.lastSequence !== null && sequence !== this.lastSequence + 1
      this.lastSequence = sequence
      if (missed) this.announce('again')
      for (const listener of this.eventListeners) listener(event)
      return
    }
    const waiting = this.pending.get(message.callId)
    if (!waiting) return // answered after its line was lost: the caller was told so
    this.pending.delete(message.callId)
    if (message.type === 'result') waiting.resolve(message.output)
    else waiting.reject(fromWireError(message.error))
  }

  /** The line broke: nobody will answer the calls that wait. */
  lost(): void {
    this.lastSequence = null
    const waiting = [...this.pending.values()]
    this.pending.clear()
    for (const { name, reject } of waiting) reject(lineLost(name))
    this.announce('lost')
  }

  announce(state: ConnectionState): void {
    for (const listener of this.connectionListeners) listener(state)
  }

  onEvent(listener: (event: CoreEvent) => void): () => void {
    this.eventListeners.add(listener)
    return () => this.eventListeners.delete(listener)
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    this.connectionListeners.add(listener)
    return () => this.connectionListeners.delete(listener)
  }
}

/** Nobody answers. The window says so in its middle, so that no other message has to. */
export class LineLostError extends WorkbenchError {
  constructor(name: string) {
    super(
      'internal',
      `The connection to the workbench's core was lost before it answered (${name}).`,
      'Runs continue without this window. It reconnects automatically; then try again.',
    )
  }
}

export function lineLost(name: string): LineLostError {
  return new LineLostError(name)
}
