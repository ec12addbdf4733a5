/** Ctrl-C, for whoever listens just now. */
import type { CliContext } from './context'

/** SIGTERM is meant to end things at once: it counts as Ctrl-C pressed twice. Where nobody listens, the process ends. */
export function listenToInterrupts(host: NodeJS.Process): CliContext['onInterrupt'] {
  const listeners = new Set<(times: number) => void>()
  const press = (by: number): void => {
    if (listeners.size === 0) host.exit(1)
    times += by
    for (const listener of [...listeners]) listener(times)
  }
  let times = 0
  host.on('SIGINT', () => press(1))
  host.on('SIGTERM', () => press(2))
  host.on('SIGHUP', () => press(2))
  return (listener) => {
    times = 0
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
}
