/** A run's model asked of another dataset: the plan, the work, and the set that comes out. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { MappingPlan } from '../../../contract/entities/prediction-set'
import { fromWireError, toWireError, type WireError } from '../../../contract/errors'
import { app } from '../app.svelte'
import { whenTaskEnds } from '../task-end'
import { toasts } from '../toasts.svelte'

export class EvaluateView {
  readonly runId: number
  plan: MappingPlan | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  private taskId: number | null = $state(null)
  readonly task = $derived(app.tasks.find(({ id }) => id === this.taskId) ?? null)
  readonly running = $derived(this.task?.state === 'running')
  #question = 0
  #isClosed = false

  constructor(runId: number) {
    this.runId = runId
  }

  /** Which class is which on this dataset. */
  async look(datasetId: number): Promise<void> {
    const question = ++this.#question
    this.plan = null
    this.error = null
    try {
      const plan = await app.call('evaluate.plan', { runId: this.runId, datasetId })
      if (question === this.#question) this.plan = plan
    } catch (thrown) {
      if (question === this.#question) this.error = toWireError(thrown)
    }
  }

  /** What is shown of it is gone; what was begun goes on. */
  close(): void {
    this.#isClosed = true
  }

  /** `ondone`: with the number of the set. */
  async begin(
    request: {
      readonly datasetId: number
      readonly part: SplitPart | null
      readonly step: number | null
      readonly mapping: MappingPlan['mapping']
    },
    ondone: (setId: number) => void,
  ): Promise<void> {
    this.error = null
    const { step, ...asked } = request
    try {
      const { taskId } = await app.call('evaluate.start', {
        ...{ runId: this.runId, ...asked },
        step: step ?? 'last',
      })
      this.taskId = taskId
      whenTaskEnds(taskId, ({ state, resultId, error }) => {
        if (state === 'done' && resultId !== null) ondone(resultId)
        else if (!this.#isClosed) this.error = error
        else if (error !== null) toasts.error(fromWireError(error))
      })
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
  }

  cancel(): void {
    if (this.taskId !== null) app.cancelTask(this.taskId)
  }
}
