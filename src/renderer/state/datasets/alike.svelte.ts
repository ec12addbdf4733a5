/** The images that look most like one, and the task that computes what is needed to know them. */
import type { Input, Output } from '../../../contract/endpoints'
import { toWireError, type WireError } from '../../../contract/errors'
import type { Task } from '../../../contract/events'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

export type AlikeQuestion = Input<'images.alike'>

export class AlikeView {
  found: Output<'images.alike'> = $state.raw([])
  /** Features were not computed yet. */
  isMissing = $state(false)
  error: WireError | null = $state.raw(null)
  loading = $state(false)
  private taskId: number | null = $state(null)
  /** That computes features for it. */
  readonly task: Task | null = $derived(
    app.tasks.find(({ id, state }) => id === this.taskId && (state === 'running' || state === 'failed')) ??
      null,
  )
  private question: AlikeQuestion | null = null
  /** Only the newest question may answer. */
  #turn = 0

  /** For onMount. */
  follow(): () => void {
    const askAgain = (): void => void this.ask(this.question)
    const stopEvents = app.onEvent((event) => {
      if (event.type === 'features-changed' && this.isMissing) askAgain()
    })
    const stopAgain = app.onAgain(askAgain)
    return () => {
      stopEvents()
      stopAgain()
    }
  }

  /** null: nothing is asked any more. */
  async ask(question: AlikeQuestion | null): Promise<void> {
    const turn = ++this.#turn
    this.question = question
    this.loading = question !== null
    if (question === null) {
      this.found = []
      return
    }
    try {
      const found = await app.call('images.alike', question)
      if (turn !== this.#turn) return
      this.found = found
      this.isMissing = false
      this.error = null
    } catch (thrown) {
      if (turn !== this.#turn) return
      const error = toWireError(thrown)
      this.found = []
      this.isMissing = error.code === 'features-missing'
      this.error = this.isMissing || error.code === 'cancelled' ? null : error
    }
    this.loading = false
  }

  async compute(datasetId: number): Promise<void> {
    if (this.task?.state === 'failed') app.dismissTask(this.task.id)
    await toasts.attempt(async () => {
      this.taskId = (await app.call('features.compute', { datasetId })).taskId
    })
  }

  cancel(): void {
    if (this.taskId !== null) app.cancelTask(this.taskId)
  }

  dismiss(): void {
    if (this.taskId !== null) app.dismissTask(this.taskId)
  }
}
