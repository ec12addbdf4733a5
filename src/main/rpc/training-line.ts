/** What the window's process knows of training: so that it can ask before it closes, and stay while something trains. */
import { activeRunStates } from '../../contract/entities/run'
import type { Core } from '../host/compose'
import type { ToCoreProcess } from './process-messages'

interface Parent {
  on(event: 'message', listener: (message: ToCoreProcess) => void): unknown
}

/** Tells the name of what trains or comes next at each change, and pauses what trains where it is asked to. */
export function tellOfTraining(
  core: Pick<Core, 'call' | 'subscribe'>,
  parent: Parent,
  tell: (name: string | null) => void,
): void {
  let told: string | null = null
  /** By run. */
  const running = new Map<number, string>()
  const look = async (): Promise<void> => {
    const { isBusy, isRunning, entries } = await core.call('queue.list', {})
    const next = isRunning ? entries.find(({ state }) => state === 'waiting') : undefined
    const [first, ...others] = running.values()
    const name =
      first === undefined
        ? (next?.title ?? (isBusy ? (told ?? 'A run') : null))
        : others.length === 0
          ? first
          : `${first} and ${String(others.length)} more`
    if (name === told) return
    told = name
    tell(name)
  }
  // a core that closes answers no more: its end is told otherwise
  const lookQuietly = (): void => void look().catch(() => undefined)
  core.subscribe(({ event }) => {
    if (event.type === 'run') {
      const { id, name, state } = event.run
      const isActive = activeRunStates.includes(state)
      if (running.has(id) === isActive) return
      if (isActive) running.set(id, name)
      else running.delete(id)
      lookQuietly()
    } else if (event.type === 'queue-changed') lookQuietly()
  })
  parent.on('message', ({ type }) => {
    if (type !== 'pause-training') return
    for (const id of running.keys()) core.call('training.pause', { id }).catch(() => undefined)
  })
  lookQuietly()
}
