/** The trainer's side of the channel to the core: messages are numbered, and wait where the core falls behind. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FromTrainerBody, ToTrainer } from './messages'

export interface Channel {
  /**
   * Resolves once few enough messages are uncommitted, of chunks few enough bytes, and the end of a checkpoint is committed; then the event loop has
   * turned at least once. Chunks in flight keep no other message waiting.
   */
  send(body: FromTrainerBody): Promise<void>
  /** The bytes that `TrainJob.resume` goes on from, in parts. Once. */
  resumeBytes(): AsyncGenerator<Uint8Array, void, undefined>
  /** Waits until everything is committed, then ends the process's part in the channel. */
  close(): Promise<void>
}

/** What a channel needs of a process; a test gives its own. */
export interface ChannelProcess {
  readonly connected: boolean
  send?(message: unknown, callback: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: ToTrainer) => void): unknown
  on(event: 'disconnect', listener: () => void): unknown
  disconnect(): void
  exit(code: number): void
}

/** As the protocol says, see messages.ts. */
const maxUncommittedMessages = 64
/** Of chunks of a checkpoint: enough to keep the disk busy. */
const maxUncommittedBytes = 16 * 1024 * 1024

export function openChannel(host: ChannelProcess): Channel {
  let sentNumber = 0
  let uncommittedBytes = 0
  const uncommitted: { messageNumber: number; byteCount: number }[] = []
  const waiting: { ready: () => boolean; resolve: () => void }[] = []
  const parts: (Uint8Array | null)[] = []

  const wake = (): void => {
    for (let index = waiting.length - 1; index >= 0; index--) {
      if (waiting[index]?.ready() === true) waiting.splice(index, 1)[0]?.resolve()
    }
  }
  host.on('message', (message) => {
    if (message.type === 'resume-part') {
      parts.push(message.bytes)
      return wake()
    }
    if (message.type !== 'committed') return
    while ((uncommitted[0]?.messageNumber ?? Infinity) <= message.messageNumber) {
      uncommittedBytes -= uncommitted.shift()?.byteCount ?? 0
    }
    wake()
  })
  // The core has gone: nobody can commit anything, and an orphan would eat the machine.
  host.on('disconnect', () => host.exit(0))

  const until = (ready: () => boolean): Promise<void> =>
    ready() ? Promise.resolve() : new Promise((resolve) => waiting.push({ ready, resolve }))

  async function send(body: FromTrainerBody): Promise<void> {
    if (!host.connected) return host.exit(0)
    const messageNumber = ++sentNumber
    const byteCount = body.type === 'checkpoint-chunk' ? body.bytes.byteLength : 0
    uncommitted.push({ messageNumber, byteCount })
    uncommittedBytes += byteCount
    host.send?.({ ...body, messageNumber }, (error) => {
      if (error !== null) host.exit(0)
    })
    // A training step is one long synchronous piece: here 'stop' and 'committed' get their turn.
    await nextTurn()
    await until(() => {
      if (body.type === 'checkpoint-chunk' && uncommittedBytes > maxUncommittedBytes) return false
      // what comes after it may count on it
      if (body.type === 'checkpoint-end') return (uncommitted[0]?.messageNumber ?? Infinity) > messageNumber
      return uncommitted.length <= maxUncommittedMessages
    })
  }

  return {
    send,
    async *resumeBytes() {
      // one on its way while the other is used
      await send({ type: 'resume-wanted' })
      for (;;) {
        await send({ type: 'resume-wanted' })
        await until(() => parts.length > 0)
        const bytes = parts.shift() ?? null
        if (bytes === null) return
        yield bytes
      }
    },
    async close() {
      await until(() => uncommitted.length === 0)
      if (host.connected) host.disconnect()
    },
  }
}
