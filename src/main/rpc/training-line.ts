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
  let running: { readonly id: number; readonly name: string } | null = null
  const look = async (): Promise<void> => {
    const { isBusy, isRunning, entries } = await core.call('queue.list', {})
    const next = isRunning ? entries.find(({ state }) => state === 'waiting') : undefined
    const name = running?.name ?? next?.title ?? (isBusy ? (told ?? 'A run') : null)
    if (name === told) return
    told = name
    tell(name)
  }
  // a core that closes answers no more: its end is told otherwise
  const lookQuietly = (): void => void look().catch(() => undefined)
  core.subscribe(({ event }) => {
    if (event.type === 'run') {
      const { id, name, state } = event.run
      if (running?.id === id && activeRunStates.includes(state)) return
      if (activeRunStates.includes(state)) running = { id, name }
      else if (running?.id === id) running = null
      else return
      lookQuietly()
    } else if (event.type === 'queue-changed') lookQuietly()
  })
  parent.on('message', ({ type }) => {
    if (type !== 'pause-training' || running === null) return
    core.call('training.pause', { id: running.id }).catch(() => undefined)
  })
  lookQuietly()
}
