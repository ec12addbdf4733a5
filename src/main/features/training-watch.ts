/** Whether a run trains: what computes in the background gives the machine to it. */
import { activeRunStates } from '../../contract/entities/run'
import type { SequencedEvent } from '../../contract/events'

export interface TrainingWatch {
  isTraining(): boolean
  /** At once where no run trains. Throws the reason of `signal`. */
  ended(signal: AbortSignal): Promise<void>
  /** When a run begins; the answer ends it. */
  onStart(listener: () => void): () => void
}

export function watchTraining(
  isTraining: () => boolean,
  subscribe: (listener: (event: SequencedEvent) => void) => () => void,
): TrainingWatch {
  return {
    isTraining,
    async ended(signal) {
      signal.throwIfAborted()
      if (!isTraining()) return
      await new Promise<void>((resolve) => {
        const end = (): void => {
          unsubscribe()
          signal.removeEventListener('abort', end)
          resolve()
        }
        // Whether it still trains is asked after the event, once its run has ended for everybody.
        const unsubscribe = subscribe(({ event }) => {
          const mayHaveEnded =
            event.type === 'run-deleted' ||
            (event.type === 'run' && !activeRunStates.includes(event.run.state))
          if (!mayHaveEnded) return
          queueMicrotask(() => {
            if (!isTraining()) end()
          })
        })
        signal.addEventListener('abort', end)
      })
      signal.throwIfAborted()
    },
    onStart: (listener) =>
      subscribe(({ event }) => {
        if (event.type === 'run' && event.run.state === 'starting') listener()
      }),
  }
}
