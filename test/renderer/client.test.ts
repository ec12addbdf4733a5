import { describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../src/contract/events'
import type { ClientMessage } from '../../src/contract/wire'
import { ClientCore, lineLost } from '../../src/renderer/transport/client'

const event: CoreEvent = { type: 'datasets-changed' }

function connect() {
  const sent: ClientMessage[] = []
  const core = new ClientCore((message) => sent.push(message))
  const states: string[] = []
  const events: CoreEvent[] = []
  core.onConnection((state) => states.push(state))
  core.onEvent((each) => events.push(each))
  return { core, sent, states, events }
}

describe('a client', () => {
  it('gives each answer to its own call, whatever their order', async () => {
    const { core, sent } = connect()
    const first = core.call('datasets.list', {})
    const second = core.call('runs.list', {})
    const [one, two] = sent.map(({ callId }) => callId)
    core.receive({ type: 'result', callId: two ?? 0, output: ['runs'] })
    core.receive({ type: 'result', callId: one ?? 0, output: ['datasets'] })
    expect(await first).toEqual(['datasets'])
    expect(await second).toEqual(['runs'])
  })

  it('throws what the core answered, with the way out', async () => {
    const { core, sent } = connect()
    const call = core.call('datasets.get', { id: 3 })
    const error = {
      code: 'not-found',
      message: 'There is no dataset 3.',
      wayOut: 'Look at the list.',
    } as const
    core.receive({ type: 'error', callId: sent[0]?.callId ?? 0, error })
    await expect(call).rejects.toMatchObject(error)
  })

  it('tells every waiting call that the line is lost', async () => {
    const { core, states } = connect()
    const call = core.call('datasets.list', {})
    core.lost()
    await expect(call).rejects.toThrow(/connection .* was lost .*datasets\.list/)
    expect(states).toEqual(['lost'])
  })

  it('refuses a call while the line is down, and keeps nothing of it', async () => {
    const core = new ClientCore((message) => {
      throw lineLost(message.name)
    })
    await expect(core.call('runs.list', {})).rejects.toThrow(/connection/)
  })

  it('asks anew after a gap in the events, and only then', () => {
    const { core, states, events } = connect()
    for (const sequence of [7, 8, 9]) core.receive({ type: 'event', event: { sequence, event } })
    expect(states).toEqual([])
    core.receive({ type: 'event', event: { sequence: 12, event } })
    expect(states).toEqual(['again'])
    core.receive({ type: 'event', event: { sequence: 13, event } })
    expect(states).toEqual(['again'])
    expect(events).toHaveLength(5)
  })

  it('takes a new core’s count from wherever it stands', () => {
    const { core, states } = connect()
    core.receive({ type: 'event', event: { sequence: 400, event } })
    core.lost()
    core.receive({ type: 'event', event: { sequence: 1, event } })
    expect(states).toEqual(['lost'])
  })

  it('does not stumble over an answer that nobody waits for', () => {
    const { core } = connect()
    expect(() => core.receive({ type: 'result', callId: 99, output: null })).not.toThrow()
  })
})
