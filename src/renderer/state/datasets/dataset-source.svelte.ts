/** One dataset and its images on the disk: its versions, the last check, what is being done about it. */
import {
  differenceKinds,
  type DatasetCheck,
  type DatasetVersion,
  type DifferenceKind,
} from '../../../contract/entities/dataset'
import type { Task } from '../../../contract/events'
import { fromWireError } from '../../../contract/errors'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { whenTaskEnds } from '../task-end'
import { toasts } from '../toasts.svelte'

const kinds: readonly Task['kind'][] = ['check-dataset', 'take-in', 'move']

export class DatasetSource {
  versions: readonly DatasetVersion[] = $state.raw([])
  check: DatasetCheck | null = $state.raw(null)
  /** Tasks about this dataset that run or failed. */
  readonly tasks: readonly Task[] = $derived(
    app.tasks.filter(
      ({ kind, state, label }) =>
        kinds.includes(kind) &&
        (state === 'running' || state === 'failed') &&
        label.endsWith(`"${this.name}"`),
    ),
  )
  /** Kinds of differences that the last check found. */
  readonly found: readonly DifferenceKind[] = $derived(
    differenceKinds.filter((kind) => (this.check?.counts[kind] ?? 0) > 0),
  )
  readonly busy = $derived(this.tasks.some(({ state }) => state === 'running'))

  constructor(
    private readonly datasetId: number,
    private readonly name: string,
  ) {}

  readonly load = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    await toasts.attempt(async () => {
      const input = { id: this.datasetId }
      const [versions, check] = await Promise.all([
        app.call('datasets.versions', input),
        app.call('datasets.checked', input),
      ])
      this.versions = versions
      this.check = check
    })
  }

  async checkAgain(): Promise<void> {
    await toasts.attempt(async () => {
      this.#sayEnd((await app.call('datasets.check', { id: this.datasetId })).taskId)
    })
  }

  async takeIn(): Promise<void> {
    await toasts.attempt(async () => {
      this.#sayEnd((await app.call('datasets.takeIn', { id: this.datasetId })).taskId)
    })
  }

  /** Resolves to what was found once the images are read from there. Throws why they are not. */
  async move(path: string): Promise<string> {
    const { taskId } = await app.call('datasets.move', { id: this.datasetId, path })
    const task = await ended(taskId)
    app.dismissTask(taskId)
    if (task.error !== null) throw fromWireError(task.error)
    return task.state === 'done' ? task.note : ''
  }

  #sayEnd(taskId: number): void {
    for (const old of this.tasks) if (old.state === 'failed') app.dismissTask(old.id)
    void ended(taskId).then(({ state, note, label }) => {
      if (state === 'done') toasts.say(`${label}: ${note}.`)
    })
  }
}

function ended(taskId: number): Promise<Task> {
  return new Promise((resolve) => whenTaskEnds(taskId, resolve))
}
