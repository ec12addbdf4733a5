/** What the core says to the newest question; the answer before stays until it is there. */
import { toWireError, type WireError } from '../../contract/errors'

export class Answer<Value> {
  value: Value | null = $state.raw(null)
  loading = $state(false)
  error: WireError | null = $state.raw(null)
  #question = 0

  /** `read` throws what the core says. */
  async ask(read: () => Promise<Value>): Promise<void> {
    const question = ++this.#question
    this.loading = true
    try {
      const value = await read()
      if (question !== this.#question) return
      this.value = value
      this.error = null
    } catch (thrown) {
      if (question !== this.#question) return
      this.error = toWireError(thrown)
    }
    this.loading = false
  }
}
