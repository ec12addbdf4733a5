/** One model written for other programs: the work, and the certificate that comes out. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { ExportFormat, ExportResult } from '../../../contract/entities/export'
import { app } from '../app.svelte'

export class ExportView {
  readonly modelId: string
  /** Why it did not begin, or what came of it. */
  error: WireError | null = $state.raw(null)
  result: ExportResult | null = $state.raw(null)
  private taskId: number | null = $state(null)
  readonly task = $derived(app.tasks.find(({ id }) => id === this.taskId) ?? null)
  readonly running = $derived(this.task?.state === 'running')

  constructor(modelId: string) {
    this.modelId = modelId
  }

  async begin(format: ExportFormat, path: string, overwrite: boolean): Promise<void> {
    this.error = null
    this.result = null
    try {
      const { taskId } = await app.call('exports.start', { modelId: this.modelId, format, path, overwrite })
      this.taskId = taskId
      const stop = app.onEvent((event) => {
        if (event.type !== 'task' || event.task.id !== taskId || event.task.state === 'running') return
        stop()
        if (event.task.state === 'done') void this.read(taskId)
        else this.error = event.task.error
      })
    } catch (error) {
      this.error = toWireError(error)
    }
  }

  cancel(): void {
    if (this.taskId !== null) app.cancelTask(this.taskId)
  }

  private async read(taskId: number): Promise<void> {
    try {
      this.result = await app.call('exports.result', { taskId })
    } catch (error) {
      this.error = toWireError(error)
    }
  }
}
