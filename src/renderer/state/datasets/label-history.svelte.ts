/** What was done to the labels of a dataset, and the file of it. */
import type { LabelGroupEntry, PatchResult } from '../../../contract/entities/label'
import { toWireError, type WireError } from '../../../contract/errors'
import { app } from '../app.svelte'
import { fileText } from '../file-text'
import { PagedList } from '../paged-list.svelte'
import { saveText } from '../save-text'
import { toasts } from '../toasts.svelte'

export class LabelHistory {
  /** The newest first. */
  readonly groups: PagedList<LabelGroupEntry>
  /** What the last file did. */
  patch: PatchResult | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  busy = $state(false)

  constructor(readonly datasetId: number) {
    this.groups = new PagedList(async (range) => {
      const { total, groups } = await app.call('labels.history', { datasetId, ...range })
      return { total, items: groups }
    })
  }

  async turn(groupId: number, stands: boolean): Promise<void> {
    await toasts.attempt(() => app.call('labels.turn', { datasetId: this.datasetId, groupId, stands }))
  }

  async savePatch(name: string): Promise<void> {
    await toasts.attempt(async () => {
      const { text } = await app.call('labels.patch', { datasetId: this.datasetId })
      saveText(`${name.replace(/[^\w.-]+/g, '-')}-corrections.csv`, text, 'text/csv')
    })
  }

  async applyPatch(file: File): Promise<void> {
    this.busy = true
    this.patch = null
    this.error = null
    try {
      const { datasetId } = this
      const text = await fileText(file, 'bitw labels apply')
      this.patch = await app.call('labels.applyPatch', { datasetId, text })
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
    this.busy = false
  }
}
