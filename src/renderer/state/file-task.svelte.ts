/** A task of the core that writes or reads one file, from its start to what it says at its end. */
import { toWireError, type WireError } from '../../contract/errors'
import type { Task } from '../../contract/events'
import { app } from './app.svelte'

export class FileTask {
  /** Why it did not begin, or what came of it. */
  error: WireError | null = $state.raw(null)
  /** How it ended. */
  ended: Task | null = $state.raw(null)
  #taskId: number | null = $state(null)
  readonly task = $derived(app.tasks.find(({ id }) => id === this.#taskId) ?? null)
  readonly running = $derived(this.#taskId !== null && this.ended === null && this.error === null)

  async begin(start: () => Promise<{ taskId: number }>): Promise<void> {
    this.error = null
    this.ended = null
    try {
      // It may end before its number is here.
      const early: Task[] = []
      const see = (task: Task): void => {
        if (this.#taskId === null) early.push(task)
        else if (task.id === this.#taskId && task.state !== 'running') this.#end(task, stop)
      }
      const stop = app.onEvent((event) => (event.type === 'task' ? see(event.task) : undefined))
      this.#taskId = null
      this.#taskId = (await start()).taskId
      early.forEach(see)
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
  }

  cancel(): void {
    if (this.#taskId !== null) app.cancelTask(this.#taskId)
  }

  #end(task: Task, stop: () => void): void {
    stop()
    if (task.state === 'done') this.ended = task
    else this.error = task.error ?? { code: 'cancelled', message: `${task.label}: cancelled.`, wayOut: '' }
  }
}
