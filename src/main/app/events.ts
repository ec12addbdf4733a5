/** Who is told of what happens, in one order for all. */
import type { CoreEvent, SequencedEvent } from '../../contract/events'

export function createEvents() {
  const listeners = new Set<(event: SequencedEvent) => void>()
  let sequence = 0
  return {
    emit(event: CoreEvent): void {
      sequence++
      for (const listener of listeners) listener({ sequence, event })
    },
    subscribe(listener: (event: SequencedEvent) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
