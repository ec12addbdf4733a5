/** The corrections of a dataset: what was said of which image, and ways to say more. Follows what other windows and commands do. */
import { toWireError, type WireError } from '../../contract/errors'
import type { ImageLabel, LabelChange, LabelsSummary } from '../../contract/entities/label'
import { app } from './app.svelte'
import { toasts } from './toasts.svelte'

/** The most that one call may ask for. */
const pageSize = 5000

export class LabelsView {
  readonly datasetId: number
  summary: LabelsSummary | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  /** By path: an image keeps it from one version of its dataset to the next, its number not. */
  private labels: Readonly<Record<string, ImageLabel>> = $state.raw({})
  readonly #unsubscribe: (() => void)[] = []
  /** Only the newest question may answer. */
  #question = 0

  constructor(datasetId: number) {
    this.datasetId = datasetId
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type !== 'labels-changed' || event.summary.datasetId !== this.datasetId) return
        const isNew = event.summary.revision !== this.summary?.revision
        this.summary = event.summary
        if (isNew) void this.#ask()
      }),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    this.#question++
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** null: nothing was said of it. */
  said(path: string): ImageLabel | null {
    return Object.hasOwn(this.labels, path) ? (this.labels[path] ?? null) : null
  }

  async apply(imageIds: readonly number[], change: LabelChange): Promise<boolean> {
    return toasts.attempt(async () => {
      await app.call('labels.apply', { datasetId: this.datasetId, imageIds: [...imageIds], change })
    })
  }

  async undo(): Promise<void> {
    await this.#goBack('undo')
  }

  async redo(): Promise<void> {
    await this.#goBack('redo')
  }

  async #goBack(kind: 'undo' | 'redo'): Promise<void> {
    await toasts.attempt(async () => {
      const { text } = await app.call(`labels.${kind}`, { datasetId: this.datasetId })
      if (text === null) toasts.say(`There is nothing to ${kind}.`)
      else toasts.say(`${kind === 'undo' ? 'Undone' : 'Done again'}: ${text}.`)
    })
  }

  async #ask(): Promise<void> {
    const question = ++this.#question
    const { datasetId } = this
    try {
      const summary = await app.call('labels.summary', { datasetId })
      const found: [string, ImageLabel][] = []
      for (let offset = 0; ; offset += pageSize) {
        const { total, labels } = await app.call('labels.list', { datasetId, offset, limit: pageSize })
        if (question !== this.#question) return
        for (const label of labels) found.push([label.path, label])
        if (offset + pageSize >= total) break
      }
      this.summary = summary
      this.labels = Object.fromEntries(found)
      this.error = null
    } catch (thrown) {
      if (question === this.#question) this.error = toWireError(thrown)
    }
  }
}
