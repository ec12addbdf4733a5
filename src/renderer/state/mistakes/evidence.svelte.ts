/** What the places of one image say for some classes, asked for when it is to be seen. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { Evidence } from '../../../contract/entities/predict'
import { app } from '../app.svelte'

export interface EvidenceQuestion {
  readonly modelId: string
  readonly imageId: number
  readonly classes: number[]
}

export class EvidenceView {
  found: Evidence | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  loading = $state(false)
  /** Only the newest question may answer. */
  #question = 0

  /** null: nothing is asked any more. */
  async ask(question: EvidenceQuestion | null): Promise<void> {
    const mine = ++this.#question
    this.found = null
    this.error = null
    this.loading = question !== null
    if (question === null) return
    try {
      const found = await app.call('predict.evidence', question)
      if (mine === this.#question) this.found = found
    } catch (thrown) {
      if (mine === this.#question) this.error = toWireError(thrown)
    }
    if (mine === this.#question) this.loading = false
  }
}
