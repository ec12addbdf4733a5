/** The split of a dataset as a list: saved, and taken from a file. */
import type { GivenSplit } from '../../../contract/entities/dataset'
import { toWireError, type WireError } from '../../../contract/errors'
import { app } from '../app.svelte'
import { fileText } from '../file-text'
import { saveText } from '../save-text'
import { toasts } from '../toasts.svelte'

export class SplitListFile {
  /** What the last file did. */
  given: GivenSplit | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  busy = $state(false)

  constructor(readonly datasetId: number) {}

  async save(name: string): Promise<void> {
    await toasts.attempt(async () => {
      const { text } = await app.call('datasets.splitList', { id: this.datasetId })
      saveText(`${name.replace(/[^\w.-]+/g, '-')}-split.txt`, text, 'text/plain')
    })
  }

  async take(file: File): Promise<void> {
    this.busy = true
    this.given = null
    this.error = null
    try {
      const text = await fileText(file, 'bitw datasets split DATASET --from LIST')
      this.given = await app.call('datasets.applySplitList', { id: this.datasetId, text })
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
    this.busy = false
  }
}
