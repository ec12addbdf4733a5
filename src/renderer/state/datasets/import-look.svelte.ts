/** What an import would make of the path that is written in the dialog. */
import type { Input } from '../../../contract/endpoints'
import type { ImportPreview } from '../../../contract/entities/import-preview'
import { toWireError, type WireError } from '../../../contract/errors'
import { app } from '../app.svelte'

/** More files are counted on request alone: a path that is still being written may be a whole disk. */
const mostFiles = 100_000

export class ImportLook {
  /** Of the path that was looked at last. */
  found: ImportPreview | null = $state.raw(null)
  /** Why nothing can be shown; null also where there is nothing at the path yet. */
  error: WireError | null = $state.raw(null)
  busy = $state(false)
  private ticket = 0

  /** The last question wins. `all`: however many files there are. */
  async look(input: Omit<Input<'datasets.preview'>, 'most'>, all = false): Promise<void> {
    const ticket = ++this.ticket
    this.busy = true
    let found: ImportPreview | null = null
    let error: WireError | null = null
    try {
      found = await app.call('datasets.preview', { ...input, ...(!all && { most: mostFiles }) })
    } catch (thrown) {
      error = toWireError(thrown)
    }
    if (ticket !== this.ticket) return
    this.busy = false
    this.found = found
    this.error = error?.code === 'path-not-found' || error?.code === 'cancelled' ? null : error
  }

  clear(): void {
    this.ticket += 1
    this.busy = false
    this.found = null
    this.error = null
  }
}
