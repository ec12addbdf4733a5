/** The accuracy of a run without the images that it trained on twins of. */
import type { Output } from '../../../contract/endpoints'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

export class WithoutTwins {
  /** null: there are no such images, as far as is known. */
  result: Output<'runs.withoutTwins'> = $state.raw(null)

  /** Use in `whenever`. */
  async ask(runId: number): Promise<void> {
    try {
      this.result = await app.call('runs.withoutTwins', { id: runId })
    } catch (thrown) {
      toasts.error(thrown)
    }
  }
}
