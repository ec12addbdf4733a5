/** Starts the app on a core that the test is: it answers calls and says what happens. */
import type { CoreEvent } from '../../../src/contract/events'
import { app } from '../../../src/renderer/state/app.svelte'
import type { ConnectionState } from '../../../src/renderer/transport/client'

export interface Line {
  /** Tells an event to all that listen. */
  readonly tell: (event: CoreEvent) => void
  /** Says that events were missed. */
  readonly again: () => void
}

/** `answer`: of a call, or a promise of it. */
export function startApp<Input = object>(answer: (name: string, input: Input) => unknown): Line {
  const listeners = new Set<(event: CoreEvent) => void>()
  const connections = new Set<(state: ConnectionState) => void>()
  app.start({
    call: async (name: string, input: object) => (await answer(name, input as Input)) as never,
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onConnection: (listener) => {
      connections.add(listener)
      return () => connections.delete(listener)
    },
    abilities: {},
    imageKey: () => '',
  })
  return {
    tell: (event) => [...listeners].forEach((listener) => listener(event)),
    again: () => [...connections].forEach((listener) => listener('again')),
  }
}
