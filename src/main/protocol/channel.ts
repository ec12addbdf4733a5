/** The trainer's side of the channel to the core: messages are numbered, and wait where the core falls behind. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FromTrainerBody, ToTrainer } from './messages'

export interface Channel {
  /** Resolves once few enough messages are uncommitted; then the event loop has turned at least once. */
  send(body: FromTrainerBody): Promise<void>
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
/** 64 chunks of a checkpoint would be 256 MiB in flight; eight are enough to keep the disk busy. */
const maxUncommittedBytes = 32 * 1024 * 1024

export function openChannel(host: ChannelProcess): Channel {
  let sentNumber = 0
  let uncommittedBytes = 0
  const uncommitted: { messageNumber: number; byteCount: number }[] = []
  const waiting: { ready: () => boolean; resolve: () => void }[] = []

  host.on('message', (message) => {
    if (message.type !== 'committed') return
    while ((uncommitted[0]?.messageNumber ?? Infinity) <= message.messageNumber) {
      uncommittedBytes -= uncommitted.shift()?.byteCount ?? 0
    }
    for (let index = waiting.length - 1; index >= 0; index--) {
      if (waiting[index]?.ready() === true) waiting.splice(index, 1)[0]?.resolve()
    }
  })
  // The core has gone: nobody can commit anything, and an orphan would eat the machine.
  host.on('disconnect', () => host.exit(0))

  const until = (ready: () => boolean): Promise<void> =>
    ready() ? Promise.resolve() : new Promise((resolve) => waiting.push({ ready, resolve }))

  return {
    async send(body) {
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
      await until(
        () => uncommitted.length <= maxUncommittedMessages && uncommittedBytes <= maxUncommittedBytes,
      )
    },
    async close() {
      await until(() => uncommitted.length === 0)
      if (host.connected) host.disconnect()
    },
  }
}
