/** Chosen images that are written out: the work, and how it ended. */
import type { ImageChoice } from '../../../contract/entities/image-choice'
import type { ImageExportFormat } from '../../../contract/entities/image-export'
import { toWireError, type WireError } from '../../../contract/errors'
import { app } from '../app.svelte'

export class ImageExport {
  private refused: WireError | null = $state.raw(null)
  private taskId: number | null = $state(null)
  readonly task = $derived(app.tasks.find(({ id }) => id === this.taskId) ?? null)
  readonly running = $derived(this.task?.state === 'running')
  readonly done = $derived(this.task?.state === 'done')
  /** Why it did not begin, or what came of it. */
  readonly error: WireError | null = $derived(this.refused ?? this.task?.error ?? null)

  constructor(
    readonly datasetId: number,
    readonly choice: ImageChoice,
  ) {}

  async begin(format: ImageExportFormat, path: string): Promise<void> {
    this.refused = null
    this.taskId = null
    try {
      const { datasetId, choice } = this
      this.taskId = (await app.call('imageExports.start', { datasetId, choice, format, path })).taskId
    } catch (thrown) {
      this.refused = toWireError(thrown)
    }
  }

  cancel(): void {
    if (this.taskId !== null) app.cancelTask(this.taskId)
  }
}
