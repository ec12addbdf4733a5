/** The images of one version of a dataset, as a gallery wants them, and the one in hand. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { Image, ImageLayout } from '../../../contract/entities/dataset'
import { app } from '../app.svelte'

export class VersionImages {
  /** null until they are there. */
  layout: ImageLayout | null = $state.raw(null)
  image: Image | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  private ticket = 0

  async load(datasetId: number, versionId: number): Promise<void> {
    try {
      this.layout = await app.call('images.layout', { datasetId, filter: { versionId } })
    } catch (error) {
      this.error = toWireError(error)
    }
  }

  async pick(id: number): Promise<void> {
    const ticket = ++this.ticket
    try {
      const image = await app.call('images.get', { id })
      if (ticket === this.ticket) this.image = image
    } catch (error) {
      if (ticket === this.ticket) this.error = toWireError(error)
    }
  }
}
