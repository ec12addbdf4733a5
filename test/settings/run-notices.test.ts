import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { CoreEvent, SequencedEvent } from '../../src/contract/events'
import type { Run } from '../../src/contract/entities/run'
import type { Settings } from '../../src/contract/entities/settings'
import { watchRunEnds } from '../../src/main/settings/run-notices'
import { listLog } from '../../src/main/store/runs/metrics'
import { getRun, insertRun, markInterrupted, updateRun } from '../../src/main/store/runs/runs'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { addDataset, temporaryStore } from '../store/support/home'
import { newRun } from '../store/support/new-run'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A listener on the loopback address; resolves what it is sent, one after the other. */
async function webhook() {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      response.end()
      server.emit('told', JSON.parse(body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}/`,
    told: async () => (await once(server, 'told'))[0] as { run: Record<string, unknown> },
  }
}

function desk(notices: Settings['notices']) {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const id = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'roses'))
  const listeners: ((event: SequencedEvent) => void)[] = []
  const emitted: CoreEvent[] = []
  watchRunEnds(
    { db, clock: () => 5, emit: (event) => emitted.push(event) },
    { now: () => ({ notices }) as Settings },
    (listener) => {
      listeners.push(listener)
      return () => undefined
    },
  )
  const say = (run: Run) => {
    for (const listener of listeners) listener({ sequence: 1, event: { type: 'run', run } } as never)
  }
  const was = (changes: Parameters<typeof updateRun>[2]) => {
    updateRun(db, id, changes)
    say(getRun(db, id))
  }
  return { db, id, was, emitted }
}

const failure = { code: 'out-of-memory', message: 'The memory ran out.', wayOut: '' } as const

describe('the end of a run', () => {
  it('is told at the next start where its core ended without a word', async () => {
    const { address, told } = await webhook()
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'cut off'))
    const notices = { kinds: ['needs-you'], desktop: false, command: null, webhook: address }
    const waiting = told()
    watchRunEnds(
      { db, clock: () => 5, emit: () => undefined },
      { now: () => ({ notices }) as unknown as Settings },
      () => () => undefined,
      markInterrupted(db, 7).map(({ id }) => id),
    )
    expect((await waiting).run).toMatchObject({ name: 'cut off', state: 'interrupted', kind: 'needs-you' })
  })

  it('is told where it failed, with why', async () => {
    const { address, told } = await webhook()
    const { was } = desk({ kinds: ['failed'], desktop: false, command: null, webhook: address } as never)
    const waiting = told()
    was({ state: 'training' })
    was({ state: 'failed', error: failure, endedAtMs: 9 })
    expect((await waiting).run).toMatchObject({
      ...{ name: 'roses', state: 'failed', kind: 'failed', error: 'The memory ran out.', accuracy: null },
    })
  })

  it('is told once, only of the kinds that are asked for, and only where it was seen under way', async () => {
    const { address, told } = await webhook()
    const { was } = desk({ kinds: ['needs-you'], desktop: false, command: null, webhook: address } as never)
    const waiting = told()
    was({ state: 'failed', error: failure, endedAtMs: 9 }) // ended before this workbench looked
    was({ state: 'training' })
    was({ state: 'failed', error: failure, endedAtMs: 9 }) // of a kind that nobody asked for
    was({ state: 'training' })
    was({ state: 'interrupted', error: failure, endedAtMs: 9 })
    was({ state: 'interrupted', error: failure, endedAtMs: 9 })
    expect((await waiting).run).toMatchObject({ kind: 'needs-you', state: 'interrupted' })
  })

  it('that cannot be told stands in the log of the run', async () => {
    const command = { program: '/nothing/here', arguments: ['{run}'] }
    const { db, id, was, emitted } = desk({
      kinds: ['failed'],
      desktop: false,
      command,
      webhook: null,
    } as never)
    was({ state: 'training' })
    was({ state: 'failed', error: failure, endedAtMs: 9 })
    await expect.poll(() => listLog(db, id, 10).length).toBe(1)
    expect(listLog(db, id, 10)[0]).toMatchObject({
      kind: 'warn',
      text: expect.stringContaining('/nothing/here'),
    })
    expect(emitted).toMatchObject([{ type: 'run-log', runId: id }])
  })
})
