import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { letSignalsEnd, listenToInterrupts } from '../../../src/main/cli/machine/interrupts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function processOf(): {
  host: EventEmitter & { pid: number; kill: () => true }
  killed: ReturnType<typeof vi.fn>
} {
  const killed = vi.fn()
  const host = Object.assign(new EventEmitter(), {
    pid: 7,
    kill: (pid: number, signal: string): true => {
      // The system's own way of ending: nobody may be in its way.
      expect(host.listenerCount(signal)).toBe(0)
      killed(pid, signal)
      return true
    },
  })
  return { host: host as never, killed }
}

describe('a signal', () => {
  it('ends the process where nobody listens, and not by exit, which would wait for its threads', () => {
    const { host, killed } = processOf()
    listenToInterrupts(host as never)
    host.emit('SIGINT')
    expect(killed).toHaveBeenCalledExactlyOnceWith(7, 'SIGINT')
  })

  it('is told to who listens: Ctrl-C as one, a request to end as two', () => {
    const { host, killed } = processOf()
    const onInterrupt = listenToInterrupts(host as never)
    const heard: number[] = []
    const forget = onInterrupt((times) => heard.push(times))
    host.emit('SIGINT')
    host.emit('SIGTERM')
    expect(heard).toEqual([1, 3])
    expect(killed).not.toHaveBeenCalled()
    forget()
  })

  it('ends a wait that did not end when it was asked to end at once', () => {
    const { host, killed } = processOf()
    listenToInterrupts(host as never)(() => undefined)
    host.emit('SIGINT')
    host.emit('SIGINT')
    expect(killed).not.toHaveBeenCalled()
    host.emit('SIGINT')
    expect(killed).toHaveBeenCalledExactlyOnceWith(7, 'SIGINT')
  })

  it('ends it after some time, too, where nobody asks again', () => {
    const { host, killed } = processOf()
    listenToInterrupts(host as never)(() => undefined)
    host.emit('SIGTERM')
    expect(killed).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(killed).toHaveBeenCalledExactlyOnceWith(7, 'SIGTERM')
  })

  it('ends the process as any other once it is about to exit', () => {
    const { host } = processOf()
    listenToInterrupts(host as never)(() => undefined)
    letSignalsEnd(host as never)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) expect(host.listenerCount(signal)).toBe(0)
  })
})
