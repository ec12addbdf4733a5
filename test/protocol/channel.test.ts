import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openChannel } from '../../src/main/protocol/channel'
import type { FromTrainer } from '../../src/main/protocol/messages'

/** A process as the channel sees it; what it sends is collected. */
class Host extends EventEmitter {
  connected = true
  exitCode: number | null = null
  readonly sent: FromTrainer[] = []
  send(message: unknown, callback: (error: Error | null) => void): boolean {
    this.sent.push(message as FromTrainer)
    callback(null)
    return true
  }
  disconnect(): void {
    this.connected = false
  }
  exit(code: number): void {
    this.exitCode ??= code
  }
  commit(messageNumber: number): void {
    this.emit('message', { type: 'committed', messageNumber })
  }
}

const line = { type: 'log', line: { atMs: 0, kind: 'info', text: '' } } as const
/** Lets everything that can go on go on. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('the trainer’s channel', () => {
  it('numbers messages from 1 and waits while more than 64 are uncommitted', async () => {
    const host = new Host()
    const channel = openChannel(host)
    for (let index = 0; index < 64; index++) await channel.send(line)
    let passed = false
    const blocked = channel.send(line).then(() => (passed = true))
    await turns()
    expect(passed).toBe(false)
    host.commit(1)
    await blocked
    expect(host.sent.map(({ messageNumber }) => messageNumber)).toEqual(
      Array.from({ length: 65 }, (_, index) => index + 1),
    )
  })

  it('waits for the disk by the bytes of chunks, and lets other messages past them', async () => {
    const host = new Host()
    const channel = openChannel(host)
    const chunk = { type: 'checkpoint-chunk', bytes: new Uint8Array(1024 * 1024) } as const
    for (let index = 0; index < 16; index++) await channel.send(chunk)
    let passed = false
    const blocked = channel.send(chunk).then(() => (passed = true))
    await channel.send(line)
    await turns()
    expect(passed).toBe(false)
    host.commit(2)
    await blocked
  })

  it('goes on after the end of a checkpoint only when that is committed', async () => {
    const host = new Host()
    const channel = openChannel(host)
    let passed = false
    const ended = channel.send({ type: 'checkpoint-end', sha256: '' }).then(() => (passed = true))
    await channel.send(line)
    await turns()
    expect(passed).toBe(false)
    host.commit(1)
    await ended
  })

  it('asks for the checkpoint to go on from part by part, one ahead, to its end', async () => {
    const host = new Host()
    const channel = openChannel(host)
    const parts: (Uint8Array | null)[] = [Uint8Array.of(1), Uint8Array.of(2, 3), null, null]
    let answered = 0
    const answer = async (): Promise<void> => {
      for (;;) {
        await turns()
        const asked = host.sent.filter(({ type }) => type === 'resume-wanted').length
        while (answered < asked && answered < parts.length)
          host.emit('message', { type: 'resume-part', bytes: parts[answered++] ?? null })
        if (answered >= 3) return
      }
    }
    const answering = answer()
    const found: number[] = []
    for await (const bytes of channel.resumeBytes()) found.push(...bytes)
    await answering
    expect(found).toEqual([1, 2, 3])
  })

  it('closes only after the last commit', async () => {
    const host = new Host()
    const channel = openChannel(host)
    await channel.send(line)
    const closed = channel.close()
    await turns()
    expect(host.connected).toBe(true)
    host.commit(1)
    await closed
    expect(host.connected).toBe(false)
  })

  it('ends the process when the core has gone', () => {
    const host = new Host()
    openChannel(host)
    host.emit('disconnect')
    expect(host.exitCode).toBe(0)
  })
})
