/** The steps of one run, column by column: a curve of a hundred thousand steps is a few flat arrays, not proxies. */
import type { StepMetric } from '../../contract/entities/run'

/** How often a growing curve is drawn again, ms: quicker says nothing more to the eye. */
const redrawEveryMs = 120

export class RunSteps {
  readonly stepIndices: number[] = []
  readonly losses: number[] = []
  readonly batchAccuracies: number[] = []
  readonly learningRates: number[] = []
  readonly stepMs: number[] = []
  readonly waitMs: number[] = []
  readonly atMs: number[] = []
  /** Read it where the columns are used: it says that they grew. */
  version = $state(0)
  #redraw: ReturnType<typeof setTimeout> | undefined

  get count(): number {
    return this.stepIndices.length
  }

  /** The step to ask from after a gap; 0 at the start. */
  get nextStep(): number {
    return (this.stepIndices[this.stepIndices.length - 1] ?? -1) + 1
  }

  /** Steps that are already there are left out; what is sent twice does no harm. */
  append(steps: readonly StepMetric[]): void {
    const before = this.count
    for (const step of steps) {
      if (step.stepIndex < this.nextStep) continue
      this.stepIndices.push(step.stepIndex)
      this.losses.push(step.loss)
      this.batchAccuracies.push(step.batchAccuracy)
      this.learningRates.push(step.learningRate)
      this.stepMs.push(step.stepMs)
      this.waitMs.push(step.waitMs)
      this.atMs.push(step.atMs)
    }
    if (this.count === before) return
    if (before === 0) this.version++
    else this.#redraw ??= setTimeout(() => this.#drawn(), redrawEveryMs)
  }

  /** A run that goes on from a checkpoint takes the steps behind it again. */
  clear(): void {
    const columns = [this.stepIndices, this.losses, this.batchAccuracies, this.learningRates, this.stepMs]
    for (const column of [...columns, this.waitMs, this.atMs]) column.length = 0
    this.version++
  }

  close(): void {
    clearTimeout(this.#redraw)
  }

  #drawn(): void {
    this.#redraw = undefined
    this.version++
  }
}
