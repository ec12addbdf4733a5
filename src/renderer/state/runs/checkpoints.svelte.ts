/** The checkpoints of a run, with what keeps each of them. */
import type { KeptCheckpoint } from '../../../contract/entities/checkpoint'
import { Answer } from '../answer.svelte'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

export class RunCheckpoints {
  readonly list = new Answer<readonly KeptCheckpoint[]>()
  /** What the last look at each found; null while it is read. By the checkpoint's id. */
  found: Readonly<Record<number, { isSound: boolean; reason: string | null } | null>> = $state.raw({})
  readonly #runId: number

  constructor(runId: number) {
    this.#runId = runId
  }

  /** Use in `onMount`. */
  watch(): () => void {
    this.#ask()
    const stops = [
      app.onEvent((event) => {
        if (event.type === 'checkpoints-changed' && event.runId === this.#runId) this.#ask()
        if (event.type === 'run-evaluation' && event.runId === this.#runId) this.#ask()
      }),
      app.onAgain(() => this.#ask()),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** Another one was saved. */
  refresh(): void {
    this.#ask()
  }

  async pin({ id, isPinned }: KeptCheckpoint): Promise<void> {
    await toasts.attempt(() => app.call('checkpoints.pin', { id, isPinned: !isPinned }))
  }

  async verify({ id }: KeptCheckpoint): Promise<void> {
    const before = this.found
    this.found = { ...before, [id]: null }
    const heard = await toasts.attempt(async () => {
      const found = await app.call('checkpoints.verify', { id })
      this.found = { ...this.found, [id]: found }
    })
    if (!heard) this.found = before
  }

  async remove({ id }: KeptCheckpoint): Promise<boolean> {
    return toasts.attempt(() => app.call('checkpoints.delete', { id }))
  }

  #ask(): void {
    void this.list.ask(() => app.call('checkpoints.list', { runId: this.#runId }))
  }
}
