/** Which model a dataset has in use, and which it had before. */
import type { Promotion } from '../../../contract/entities/promotion'
import { Answer } from '../answer.svelte'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

export class Promotions {
  /** The newest first. */
  readonly list = new Answer<readonly Promotion[]>()
  readonly #datasetId: number

  constructor(datasetId: number) {
    this.#datasetId = datasetId
  }

  /** Use in `onMount`. */
  watch(): () => void {
    this.#ask()
    const stops = [
      app.onEvent((event) => {
        if (event.type === 'promotions-changed' && event.datasetId === this.#datasetId) this.#ask()
        // its runs have other names, or are gone
        if (event.type === 'runs-changed' || event.type === 'run-deleted') this.#ask()
      }),
      app.onAgain(() => this.#ask()),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  #ask(): void {
    void this.list.ask(() => app.call('promotions.list', { datasetId: this.#datasetId }))
  }
}

/** The one before is in use again, or none; a message says which. `again` promotes the one that was taken back. */
export async function takeBackPromotion(
  { datasetId, datasetName }: { readonly datasetId: number; readonly datasetName: string },
  again: (() => void) | null,
): Promise<void> {
  await toasts.attempt(async () => {
    const now = await app.call('promotions.takeBack', { datasetId })
    const words =
      now.runName === null
        ? `No model of ${datasetName} is in use now.`
        : `${now.runName} is the model in use of ${datasetName} again.`
    toasts.say(words, again === null ? null : { label: 'Promote it again …', run: again })
  })
}
