/** The accuracy of a run without the images that it trained on twins of. */
import type { Output } from '../../../contract/endpoints'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

export class WithoutTwins {
  /** null: there are no such images, as far as is known. */
  result: Output<'runs.withoutTwins'> = $state.raw(null)

  /** Only the newest question may answer. */
  #question = 0

  /** Use in `whenever`. */
  async ask(runId: number): Promise<void> {
    const question = ++this.#question
    try {
      const result = await app.call('runs.withoutTwins', { id: runId })
      if (question === this.#question) this.result = result
    } catch (thrown) {
      if (question === this.#question) toasts.error(thrown)
    }
  }
}
