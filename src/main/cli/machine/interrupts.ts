/** Ctrl-C, for whoever listens just now. */
import type { CliContext } from '../context'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Signal = (typeof signals)[number]
/** SIGTERM is meant to end things at once: it counts as Ctrl-C pressed twice. */
const presses: Readonly<Record<Signal, number>> = { SIGINT: 1, SIGTERM: 2, SIGHUP: 2 }
const atOnce = 2
/** What was asked to end at once has so long. All that was committed is kept, however the process ends. */
const lastWaitMs = 30_000

type Host = Pick<NodeJS.Process, 'on' | 'removeAllListeners' | 'kill' | 'pid' | 'channel'>

/**
 * Where the launcher that started this process is killed, that counts as the terminal's end: nobody could end the process any more.
 * Every wait ends: where nobody listens, at the next press after one that asked to end at once, and some time after that one
 * in any case.
 */
export function listenToInterrupts(host: Host): CliContext['onInterrupt'] {
  const listeners = new Set<(times: number) => void>()
  let times = 0
  let lastWait: NodeJS.Timeout | null = null
  const press = (signal: Signal): void => {
    if (listeners.size === 0 || times >= atOnce) return end(host, signal)
    times += presses[signal]
    if (times >= atOnce) lastWait ??= setTimeout(() => end(host, signal), lastWaitMs).unref()
    for (const listener of [...listeners]) listener(times)
  }
  for (const signal of signals) host.on(signal, () => press(signal))
  host.on('disconnect', () => press('SIGHUP'))
  // listening to the channel must not keep a command that has done its work
  host.channel?.unref()
  return (listener) => {
    times = 0
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
}

/**
 * From now on signals end the process as they end any other. Call before it exits: exit waits for threads, and one of them
 * may wait for a drive that does not answer.
 */
export function letSignalsEnd(host: Pick<Host, 'removeAllListeners'>): void {
  for (const signal of signals) host.removeAllListeners(signal)
}

function end(host: Host, signal: Signal): void {
  letSignalsEnd(host)
  host.kill(host.pid, signal)
}
