/** Queries with a name, of a dataset or of runs. Follows what other windows do. */
import type { SavedQuery } from '../../contract/entities/saved-query'
import { fromWireError, toWireError, type WireError } from '../../contract/errors'
import { app } from './app.svelte'
import { oneAtATime } from './one-at-a-time'
import { toasts } from './toasts.svelte'

/** What a view keeps of what is shown. */
export type ViewShown = Pick<SavedQuery, 'query' | 'layout' | 'rowPx'> & Partial<Pick<SavedQuery, 'table'>>

export class Views {
  list: readonly SavedQuery[] = $state.raw([])
  readonly #unsubscribe: (() => void)[] = []

  constructor(
    readonly subject: SavedQuery['subject'],
    /** null: of runs. */
    readonly datasetId: number | null,
  ) {}

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type !== 'views-changed') return
        if (event.subject === this.subject && event.datasetId === this.datasetId) void this.#ask()
      }),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** Answers why it was not saved; null: it was. */
  async save(view: ViewShown & Pick<SavedQuery, 'name'>, overwrite: boolean): Promise<WireError | null> {
    const { subject, datasetId } = this
    try {
      await app.call('views.save', { subject, datasetId, ...view, overwrite })
      return null
    } catch (thrown) {
      return toWireError(thrown)
    }
  }

  async remove({ id, name, query, layout, rowPx, table }: SavedQuery): Promise<void> {
    await toasts.attempt(async () => {
      await app.call('views.delete', { id })
      const undo = async (): Promise<void> => {
        const error = await this.save({ name, query, layout, rowPx, table }, false)
        if (error !== null) toasts.error(fromWireError(error))
      }
      toasts.say(`The view "${name}" was removed.`, { label: 'Undo', run: () => void undo() })
    })
  }

  readonly #ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    const { subject, datasetId } = this
    await toasts.attempt(async () => {
      this.list = await app.call('views.list', { subject, datasetId })
    })
  }
}
