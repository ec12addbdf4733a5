import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import type { CoreEvent, SequencedEvent } from '../../src/contract/events'
import { coreMessageSchema, type CoreMessage } from '../../src/contract/wire'
import { connect, maxBacklogBytes, maxOpenCalls, unknownCallId } from '../../src/main/rpc/router'

/** The protocol's other end: a core whose answers the test gives, and a client that may be slow. */
function openLine(callRaw: (name: string, input: unknown) => Promise<unknown>) {
  const listeners = new Set<(event: SequencedEvent) => void>()
  let sequence = 0
  let receive: (message: unknown) => void = () => undefined
  let close: () => void = () => undefined
  let drain: () => void = () => undefined
  const line = { sent: [] as CoreMessage[], backlogBytes: 0 }
  connect(
    {
      callRaw,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    {
      send: (message) => line.sent.push(coreMessageSchema.parse(message)),
      onMessage: (listener) => (receive = listener),
      onClose: (listener) => (close = listener),
      onDrain: (listener) => (drain = listener),
      backlogBytes: () => line.backlogBytes,
    },
  )
  return {
    line,
    receive: (message: unknown) => receive(message),
    close: () => close(),
    drain: () => drain(),
    listenerCount: () => listeners.size,
    emit: (event: CoreEvent) => {
      sequence++
      for (const listener of listeners) listener({ sequence, event })
    },
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const changed: CoreEvent = { type: 'datasets-changed' }

describe('the router', () => {
  it('answers a call under its own id', async () => {
    const { line, receive } = openLine(async (name, input) => ({ name, input }))
    receive({ type: 'call', callId: 7, name: 'app.info', input: { a: 1 } })
    await settled()
    expect(line.sent).toEqual([{ type: 'result', callId: 7, output: { name: 'app.info', input: { a: 1 } } }])
  })

  it('gives errors their wire form, with the way out', async () => {
    const { line, receive } = openLine(async () => {
      throw new WorkbenchError('busy', 'It trains.', 'Stop it first.')
    })
    receive({ type: 'call', callId: 1, name: 'runs.delete', input: {} })
    await settled()
    expect(line.sent).toEqual([
      { type: 'error', callId: 1, error: { code: 'busy', message: 'It trains.', wayOut: 'Stop it first.' } },
    ])
  })

  for (const malformed of [undefined, null, 5, 'call', [], {}, { type: 'call', callId: 1.5, name: 'x' }]) {
    it(`answers ${JSON.stringify(malformed) ?? 'nothing'} with an error, and goes on`, async () => {
      const { line, receive } = openLine(async () => 'fine')
      receive(malformed)
      receive({ type: 'call', callId: 2, name: 'app.info', input: {} })
      await settled()
      expect(line.sent).toMatchObject([
        { type: 'error', callId: unknownCallId, error: { code: 'bad-input' } },
        { type: 'result', callId: 2, output: 'fine' },
      ])
    })
  }

  it('answers a malformed call under its id where it has one', async () => {
    const { line, receive } = openLine(async () => 'fine')
    receive({ type: 'call', callId: 12, name: 5 })
    expect(line.sent).toMatchObject([{ type: 'error', callId: 12, error: { code: 'bad-input' } }])
  })

  it('refuses calls beyond the limit, and takes them again when some are answered', async () => {
    const answers: (() => void)[] = []
    const { line, receive } = openLine(() => new Promise((resolve) => answers.push(() => resolve('done'))))
    for (let callId = 0; callId <= maxOpenCalls; callId++) {
      receive({ type: 'call', callId, name: 'app.info', input: {} })
    }
    expect(line.sent).toMatchObject([{ type: 'error', callId: maxOpenCalls, error: { code: 'busy' } }])
    for (const answer of answers) answer()
    await settled()
    expect(line.sent).toHaveLength(maxOpenCalls + 1)
    receive({ type: 'call', callId: 999, name: 'app.info', input: {} })
    answers.at(-1)?.()
    await settled()
    expect(line.sent.at(-1)).toEqual({ type: 'result', callId: 999, output: 'done' })
  })

  it('leaves events out for a slow client, which then learns of the gap by the newest one', () => {
    const { line, emit, drain } = openLine(async () => 'fine')
    emit(changed)
    line.backlogBytes = maxBacklogBytes + 1
    emit(changed)
    emit(changed)
    expect(line.sent).toHaveLength(1)
    line.backlogBytes = 0
    drain()
    drain()
    expect(line.sent).toEqual([
      { type: 'event', event: { sequence: 1, event: changed } },
      { type: 'event', event: { sequence: 3, event: changed } },
    ])
  })

  it('sends nothing and listens to nothing after the close', async () => {
    const { line, receive, emit, close, listenerCount } = openLine(async () => 'late')
    receive({ type: 'call', callId: 1, name: 'app.info', input: {} })
    close()
    emit(changed)
    await settled()
    expect(line.sent).toEqual([])
    expect(listenerCount()).toBe(0)
  })
})
