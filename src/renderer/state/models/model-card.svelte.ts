/** What is known of one model beside its row: its card and its class names. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { ModelEntry } from '../../../contract/entities/model'
import { app } from '../app.svelte'

export class ModelCard {
  readonly id: string
  model = $state.raw<ModelEntry | null>(null)
  card = $state('')
  classNames = $state.raw<readonly string[] | null>(null)
  /** Why it cannot be shown. */
  error = $state.raw<WireError | null>(null)
  readonly #unsubscribe: (() => void)[] = []

  constructor(id: string) {
    this.id = id
  }

  /** Call `close` at the end. */
  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type === 'models-changed') void this.#ask()
      }),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  async #ask(): Promise<void> {
    try {
      const { model, card, classNames } = await app.call('models.get', { id: this.id })
      this.model = model
      this.card = card
      this.classNames = classNames
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
  }
}
