import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FromCoreProcess, ToCoreProcess } from '../../src/main/rpc/process-messages'
import { buildProgram } from '../support/build-trainer'
import { temporaryFolder } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

/** The built core as the window forks it. */
class CoreProcess {
  readonly received: FromCoreProcess[] = []
  private readonly child: ChildProcess
  private look: () => void = () => undefined

  constructor(corePath: string, homePath: string) {
    this.child = fork(corePath, ['--home', homePath], { execArgv: [] })
    this.child.on('message', (message) => {
      this.received.push(message as FromCoreProcess)
      this.look()
    })
  }

  tell(message: ToCoreProcess): void {
    this.child.send(message)
  }

  /** The first message, past or to come, that `is` takes. */
  until(is: (message: FromCoreProcess) => boolean): Promise<FromCoreProcess> {
    return new Promise((resolve) => {
      this.look = () => {
        const found = this.received.find(is)
        if (found !== undefined) resolve(found)
      }
      this.look()
    })
  }

  async answer(clientId: number, callId: number, name: string, input: unknown): Promise<unknown> {
    this.tell({ type: 'client-message', clientId, message: { type: 'call', callId, name, input } })
    const message = await this.until(
      (found) =>
        found.type === 'client-message' &&
        found.clientId === clientId &&
        found.message.type !== 'event' &&
        found.message.callId === callId,
    )
    return message.type === 'client-message' ? message.message : null
  }

  /** As the window ends it. */
  async disconnect(): Promise<number | null> {
    const exit = once(this.child, 'exit') as Promise<[number | null]>
    if (this.child.connected) this.child.disconnect()
    return (await exit)[0]
  }
}

let corePath = ''
const { path: folder, remove } = temporaryFolder('process-port')
beforeAll(async () => {
  corePath = await buildProgram('core')
  await drawTinyDataset(join(folder, 'images'), 4)
})
afterAll(remove)

describe('the core as a process', () => {
  it('serves several clients, each with its own call ids, and ends in order when its parent lets go', async () => {
    const core = new CoreProcess(corePath, join(folder, 'home'))
    await core.until(({ type }) => type === 'ready')
    core.tell({ type: 'client-open', clientId: 1 })
    core.tell({ type: 'client-open', clientId: 2 })
    expect(await core.answer(1, 1, 'datasets.list', {})).toEqual({ type: 'result', callId: 1, output: [] })
    expect(await core.answer(2, 1, 'runs.get', { id: 4 })).toMatchObject({
      type: 'error',
      error: { code: 'not-found' },
    })

    await core.answer(1, 2, 'datasets.import', { path: join(folder, 'images'), name: 'tiny' })
    for (const clientId of [1, 2]) {
      await core.until(
        (found) =>
          found.type === 'client-message' &&
          found.clientId === clientId &&
          found.message.type === 'event' &&
          found.message.event.event.type === 'datasets-changed',
      )
    }
    core.tell({ type: 'client-close', clientId: 2 })
    core.tell({
      type: 'client-message',
      clientId: 2,
      message: { type: 'call', callId: 9, name: 'app.info', input: {} },
    })
    core.tell({ type: 'image', requestId: 5, key: { imageId: 1 }, maxPx: 64 })
    core.tell({ type: 'image', requestId: 6, key: { imageId: 4711 }, maxPx: 64 })
    core.tell({ type: 'image', requestId: 7, key: { imageId: 2 }, maxPx: 'full' })
    core.tell({ type: 'image-cancel', requestId: 4711 }) // one that was answered long ago
    await core.until((found) => found.type === 'image' && found.requestId === 7 && found.mime === 'image/png')
    const image = await core.until((found) => found.type === 'image' && found.requestId === 5)
    expect(image).toMatchObject({ mime: expect.stringMatching(/^image\//) as unknown })
    await core.until(
      (found) => found.type === 'image-error' && found.requestId === 6 && found.error.code === 'not-found',
    )
    expect(
      core.received.some(
        (m) => m.type === 'client-message' && m.clientId === 2 && m.message.type === 'result',
      ),
    ).toBe(false)
    expect(await core.disconnect()).toBe(0)
  })

  it('says in plain words that another core has the home, and ends', async () => {
    const first = new CoreProcess(corePath, join(folder, 'shared'))
    await first.until(({ type }) => type === 'ready')
    const second = new CoreProcess(corePath, join(folder, 'shared'))
    const refused = await second.until(({ type }) => type === 'cannot-start')
    expect(refused).toMatchObject({
      error: { code: 'home-locked', message: expect.stringContaining('the BiT Workbench window') as unknown },
    })
    await second.disconnect()
    expect(await first.disconnect()).toBe(0)
  })
})
