/** The corrections of a dataset: what was said of which image, and ways to say more. Follows what other windows and commands do. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { ImageChoice } from '../../../contract/entities/image-choice'
import type { BulkChange, ImageLabel, LabelChange, LabelsSummary } from '../../../contract/entities/label'
import { plural } from '../../format'
import { app } from '../app.svelte'
import { RecentlyNeeded } from '../recently-needed'
import { toasts } from '../toasts.svelte'

/** Images of which it is followed what is said: those that were needed last. */
const mostFollowed = 2000

export class LabelsView {
  readonly datasetId: number
  summary: LabelsSummary | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  /** By path: an image keeps it from one version of its dataset to the next, its number not. */
  private labels: Readonly<Record<string, ImageLabel>> = $state.raw({})
  private readonly byId: Readonly<Record<number, ImageLabel>> = $derived(
    Object.fromEntries(Object.values(this.labels).map((label) => [label.imageId, label])),
  )
  readonly #unsubscribe: (() => void)[] = []
  readonly #followed = new RecentlyNeeded(mostFollowed)
  /** Only answers to the newest question, and to what was asked after it, are of now. */
  #question = 0
  /** The answers since then. */
  #known: Readonly<Record<string, ImageLabel>> = {}

  constructor(datasetId: number) {
    this.datasetId = datasetId
  }

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type !== 'labels-changed' || event.summary.datasetId !== this.datasetId) return
        const isNew = event.summary.revision !== this.summary?.revision
        this.summary = event.summary
        if (isNew) void this.#again()
      }),
      app.onAgain(() => void this.#askSummary()),
    )
    await this.#askSummary()
  }

  close(): void {
    this.#question++
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  ofImage(imageId: number): ImageLabel | null {
    return this.byId[imageId] ?? null
  }

  /** That it will be asked what was said of these. */
  async need(imageIds: readonly number[]): Promise<void> {
    const unknown = this.#followed.need(imageIds)
    if (unknown.length > 0) await this.#ask(unknown, false)
  }

  /** null: nothing was said of it, or it is not known yet. */
  said(path: string): ImageLabel | null {
    return Object.hasOwn(this.labels, path) ? (this.labels[path] ?? null) : null
  }

  async apply(imageIds: readonly number[], change: LabelChange): Promise<boolean> {
    toasts.passOver('labels')
    return toasts.attempt(async () => {
      await app.call('labels.apply', { datasetId: this.datasetId, imageIds: [...imageIds], change })
    })
  }

  /** To many at once; says what was done. */
  async applyTo(choice: ImageChoice, change: BulkChange): Promise<boolean> {
    return toasts.attempt(async () => {
      const { datasetId } = this
      const { changed, summary } = await app.call('labels.applyTo', { datasetId, choice, change })
      if (changed === 0) toasts.say('Nothing changed: it was so already.')
      else {
        toasts.say(`Done: ${summary.undo ?? plural(changed, 'image')}.`, {
          label: 'Undo',
          run: () => void this.undo(),
          undoes: 'labels',
        })
      }
    })
  }

  /** The last correction or verdict, whoever made it. The image that it was about; null: it was of several, or there was none. */
  async undo(): Promise<number | null> {
    return await this.#goBack('undo')
  }

  async redo(): Promise<number | null> {
    return await this.#goBack('redo')
  }

  async #goBack(kind: 'undo' | 'redo'): Promise<number | null> {
    toasts.passOver('labels')
    let images: readonly number[] = []
    await toasts.attempt(async () => {
      const { text, imageIds } = await app.call(`labels.${kind}`, { datasetId: this.datasetId })
      images = imageIds
      if (text === null) toasts.say(`There is nothing to ${kind}.`)
      else toasts.say(`${kind === 'undo' ? 'Undone' : 'Done again'}: ${text}.`, null, 'labels')
    })
    return images.length === 1 ? (images[0] ?? null) : null
  }

  async #askSummary(): Promise<void> {
    const before = this.summary
    try {
      const summary = await app.call('labels.summary', { datasetId: this.datasetId })
      // what was told meanwhile is newer
      if (this.summary === before) this.summary = summary
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
      return
    }
    await this.#again()
  }

  /** All that is followed; what is known of others is of before. */
  async #again(): Promise<void> {
    this.#question++
    this.#known = {}
    await this.#ask(this.#followed.all, true)
  }

  async #ask(imageIds: readonly number[], isOfAll: boolean): Promise<void> {
    const question = this.#question
    try {
      const found =
        imageIds.length === 0 ? [] : await app.call('labels.ofImages', { imageIds: [...imageIds] })
      if (question !== this.#question) return
      const labels = Object.fromEntries(found.map((label) => [label.path, label]))
      this.#known = { ...this.#known, ...labels }
      // Until the answer about all is there, what was said before stays on the screen.
      this.labels = isOfAll ? this.#known : { ...this.labels, ...labels }
      this.error = null
    } catch (thrown) {
      if (question === this.#question) this.error = toWireError(thrown)
    }
  }
}
