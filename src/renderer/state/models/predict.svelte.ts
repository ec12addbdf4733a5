/** What one model sees in images: they are sent, looked at, and their rows read as they come into view. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent } from '../../../contract/events'
import type { ModelEntry } from '../../../contract/entities/model'
import type { PredictRow } from '../../../contract/entities/predict'
import type { LossName } from '../../../contract/entities/run'
import { uploadImage } from '../../transport/upload'
import { app } from '../app.svelte'

const pageSize = 200
const mostRowsACall = 1000
const mostImages = 10_000
const uploadsAtOnce = 4

/** What was to be looked at: paths of the core's machine, and images that were sent. */
export interface PredictImages {
  readonly paths: readonly string[]
  readonly uploads: readonly string[]
}
interface LastPrediction {
  readonly taskId: number
  readonly images: PredictImages
}

/** The last prediction of each model, so that one that is looked at again has its results. */
let last: Readonly<Record<string, LastPrediction>> = {}

export class PredictView {
  readonly modelId: string
  /** Another run may be in use later: what it says is not what the one before said. */
  readonly #key: string
  taskId: number | null = $state(null)
  /** The rows so far. */
  total = $state(0)
  /** What the probabilities of the last prediction are; null before the first. */
  loss: LossName | null = $state(null)
  /** Images of the last prediction are unsure below it; null: there is none. */
  threshold: number | null = $state(null)
  /** While a browser sends the images' bytes. */
  sending: { readonly done: number; readonly total: number } | null = $state.raw(null)
  /** Images that could not be sent, each with its reason. */
  unsent: readonly { readonly name: string; readonly error: WireError }[] = $state.raw([])
  /** Why it did not start. */
  error: WireError | null = $state.raw(null)
  readonly task = $derived(app.tasks.find(({ id }) => id === this.taskId) ?? null)
  #pages: Readonly<Record<number, readonly PredictRow[]>> = $state.raw({})
  #range: readonly [number, number] = [0, 0]
  /** null: the model's own. */
  #wantedLoss: LossName | null = null
  /** Pages that were asked for and are not here yet. */
  #asked: readonly number[] = []
  #abort = new AbortController()
  readonly #unsubscribe: (() => void)[] = []

  constructor({ id, runId }: Pick<ModelEntry, 'id' | 'runId'>) {
    this.modelId = id
    this.#key = `${id} ${runId ?? ''}`
  }

  /** Call `close` at the end. */
  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => this.#take(event)),
      app.onAgain(() => void this.#look(this.taskId)),
    )
    await this.#look(last[this.#key]?.taskId ?? null)
  }

  close(): void {
    this.#abort.abort()
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** Of the last prediction. */
  get images(): PredictImages {
    return last[this.#key]?.images ?? { paths: [], uploads: [] }
  }

  at(index: number): PredictRow | undefined {
    return this.#pages[Math.floor(index / pageSize)]?.[index % pageSize]
  }

  /** Loads the rows that are to be seen. */
  async need(first: number, end: number): Promise<void> {
    this.#range = [first, end]
    const { taskId } = this
    if (taskId === null) return
    for (let page = Math.floor(first / pageSize); page * pageSize < end; page++) {
      const there = this.#pages[page]?.length ?? 0
      const wanted = Math.min(pageSize, end - page * pageSize)
      if (there >= wanted || this.#asked.includes(page)) continue
      await this.#load(taskId, page)
    }
  }

  /** Files and folders of the core's machine. */
  async lookAt(paths: readonly string[]): Promise<void> {
    await this.#start({ paths: paths.slice(0, mostImages), uploads: [] })
  }

  /** Looks at the same images once more, with probabilities of the other kind; those that follow have it too. */
  async turnTo(loss: LossName): Promise<void> {
    if (loss === this.loss) return
    this.loss = this.#wantedLoss = loss
    await this.#start(this.images)
  }

  /** Files of the browser's machine: their bytes are sent first. */
  async send(files: readonly File[]): Promise<void> {
    const abort = new AbortController()
    this.#abort.abort()
    this.#abort = abort
    this.error = null
    this.unsent = []
    const queue = files.slice(0, mostImages)
    const ids = new Array<string | null>(queue.length).fill(null)
    let next = 0
    let done = 0
    this.sending = { done, total: queue.length }
    const sendSome = async (): Promise<void> => {
      for (let index = next++; index < queue.length && !abort.signal.aborted; index = next++) {
        const file = queue[index]
        if (file === undefined) return
        try {
          ids[index] = await uploadImage(file, abort.signal)
        } catch (error) {
          if (abort.signal.aborted) return
          this.unsent = [...this.unsent, { name: file.name, error: toWireError(error) }]
        }
        this.sending = { done: ++done, total: queue.length }
      }
    }
    await Promise.all(Array.from({ length: uploadsAtOnce }, sendSome))
    if (abort.signal.aborted) return
    this.sending = null
    const uploads = ids.filter((id) => id !== null)
    if (uploads.length > 0) await this.#start({ paths: [], uploads })
  }

  cancel(): void {
    this.#abort.abort()
    this.sending = null
    if (this.task?.state === 'running') app.cancelTask(this.task.id)
  }

  /** Every row so far, e.g. to be saved. */
  async all(): Promise<readonly PredictRow[]> {
    const { taskId } = this
    const rows: PredictRow[] = []
    while (taskId !== null) {
      const page = await app.call('predict.rows', { taskId, offset: rows.length, limit: mostRowsACall })
      rows.push(...page.rows)
      if (page.rows.length === 0 || rows.length >= page.total) break
    }
    return rows
  }

  async #start(images: PredictImages): Promise<void> {
    this.error = null
    try {
      const { taskId } = await app.call('predict.start', {
        modelId: this.modelId,
        paths: [...images.paths],
        uploads: [...images.uploads],
        ...(this.#wantedLoss !== null && { loss: this.#wantedLoss }),
      })
      last = { ...last, [this.#key]: { taskId, images } }
      await this.#look(taskId)
    } catch (error) {
      this.error = toWireError(error)
    }
  }

  async #look(taskId: number | null): Promise<void> {
    this.taskId = taskId
    this.total = 0
    this.#pages = {}
    this.#asked = []
    if (taskId !== null) await this.#load(taskId, 0)
  }

  async #load(taskId: number, page: number): Promise<void> {
    const before = this.#pages[page]?.length ?? 0
    this.#asked = [...this.#asked, page]
    try {
      const answer = await app.call('predict.rows', { taskId, offset: page * pageSize, limit: pageSize })
      if (taskId !== this.taskId) return
      this.total = Math.max(this.total, answer.total)
      this.loss = answer.loss
      this.threshold = answer.threshold
      this.#pages = { ...this.#pages, [page]: answer.rows }
    } catch (error) {
      if (taskId !== this.taskId) return
      const wire = toWireError(error)
      // A core that was started anew knows none of the old predictions.
      if (wire.code === 'not-found') {
        this.taskId = null
      } else this.error = wire
      return
    } finally {
      this.#asked = this.#asked.filter((other) => other !== page)
    }
    // Rows that came meanwhile.
    if ((this.#pages[page]?.length ?? 0) > before) await this.need(...this.#range)
  }

  #take(event: CoreEvent): void {
    if (event.type !== 'predict-rows' || event.taskId !== this.taskId) return
    this.total = Math.max(this.total, event.total)
    void this.need(...this.#range)
  }
}
