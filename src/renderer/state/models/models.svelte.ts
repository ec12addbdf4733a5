/** The zoo: what can be trained on, predicted with, exported. Kept current while a screen looks at it. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent, Task } from '../../../contract/events'
import type { ModelEntry } from '../../../contract/entities/model'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

class Models {
  list: readonly ModelEntry[] = $state.raw([])
  /** The models in use, the last promoted first; each dataset has one at most. */
  inUse: readonly ModelEntry[] = $state.raw([])
  /** Whether the list is there: one that failed is not an empty one. */
  loaded = $state(false)
  /** Of the list or of the models in use; what could be read, or was read before, is there. */
  error: WireError | null = $state.raw(null)
  /** The dataset that the list's costs are for. */
  costsOf: number | null = $state(null)
  /** Downloads that were begun in this window, by the model's id; they are looked at even when they have failed. */
  private begun: Readonly<Record<string, number>> = $state.raw({})
  private wanted: number | null = null
  private watchers = 0
  private ticket = 0

  start(): void {
    app.onEvent((event) => {
      if (this.watchers > 0 && changesModels(event)) void this.ask()
    })
    app.onAgain(() => {
      if (this.watchers > 0) void this.ask()
    })
  }

  /** Use in `whenever` or `onMount`. Loads the list, with what each would cost on the dataset. */
  watch(datasetId: number | null): () => void {
    this.watchers++
    this.wanted = datasetId
    void this.ask()
    return () => {
      this.watchers--
    }
  }

  /** The download of a model: the one that runs, or the one that failed here. */
  downloadOf(model: ModelEntry): Task | null {
    const id = model.taskId ?? this.begun[model.id]
    const task = id === undefined ? undefined : app.tasks.find((one) => one.id === id)
    return task?.state === 'running' || task?.state === 'failed' ? task : null
  }

  /** The model that a file was found to be. Throws what the core says of the file. */
  async add(path: string): Promise<ModelEntry> {
    const model = await app.call('models.add', { path })
    await this.ask()
    return model
  }

  async remove(id: string): Promise<void> {
    await app.call('models.remove', { id })
    await this.ask()
  }

  async download(id: string): Promise<void> {
    await toasts.attempt(async () => {
      const { taskId } = await app.call('models.download', { id })
      this.begun = { ...this.begun, [id]: taskId }
    })
  }

  private async ask(): Promise<void> {
    const ticket = ++this.ticket
    const datasetId = this.wanted
    const [list, inUse] = await Promise.allSettled([
      app.call('models.list', { datasetId }),
      app.call('models.inUse', {}),
    ])
    if (ticket !== this.ticket) return
    if (inUse.status === 'fulfilled') this.inUse = inUse.value
    if (list.status === 'fulfilled') {
      this.list = list.value
      this.costsOf = datasetId
      this.loaded = true
    }
    const failed = [list, inUse].find((one) => one.status === 'rejected')
    this.error = failed === undefined ? null : toWireError(failed.reason)
  }
}

/** A run is a model from its first checkpoint on, and another one at its end. */
function changesModels(event: CoreEvent): boolean {
  if (event.type === 'models-changed' || event.type === 'promotions-changed') return true
  if (event.type === 'run-deleted') return true
  return event.type === 'run' && event.run.endedAtMs !== null
}

export const models = new Models()
