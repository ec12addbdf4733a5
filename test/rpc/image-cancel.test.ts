import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { connectProcess, type ChannelProcess } from '../../src/main/rpc/process-port'
import type { FromCoreProcess, ToCoreProcess } from '../../src/main/rpc/process-messages'

describe('images over the channel of a process', () => {
  it('are given up when the page does not want them any more, the others are not', async () => {
    const sent: FromCoreProcess[] = []
    const channel = new EventEmitter()
    const parent: ChannelProcess = {
      send: (message) => sent.push(message) > 0,
      on: (event, listener) => channel.on(event, listener),
    }
    const signals = new Map<unknown, AbortSignal>()
    connectProcess(
      {
        callRaw: () => Promise.resolve(null),
        subscribe: () => () => undefined,
        image: (key, _px, signal) =>
          new Promise((_resolve, reject) => {
            if (signal === undefined) return
            signals.set('imageId' in key ? key.imageId : null, signal)
            signal.addEventListener('abort', () => reject(new WorkbenchError('cancelled', 'gone')))
          }),
      },
      parent,
    )
    const tell = (message: ToCoreProcess): boolean => channel.emit('message', message)
    tell({ type: 'image', requestId: 1, key: { imageId: 11 }, maxPx: 64 })
    tell({ type: 'image', requestId: 2, key: { imageId: 12 }, maxPx: 64 })
    tell({ type: 'image-cancel', requestId: 1 })
    tell({ type: 'image-cancel', requestId: 3 })
    await Promise.resolve()
    await Promise.resolve()
    expect([11, 12].map((id) => signals.get(id)?.aborted)).toEqual([true, false])
    expect(sent).toMatchObject([{ type: 'image-error', requestId: 1, error: { code: 'cancelled' } }])
  })
})
