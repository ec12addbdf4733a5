/** The steps of one run, column by column: a curve of a hundred thousand steps is a few flat arrays, not proxies. */
import type { StepMetric } from '../../../contract/entities/run'
import { unpackBytes } from '../../../contract/packed'
import { unpackSteps } from '../../../domain/steps/step-block'

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
  /** NaN where a step has no such figure; so in the next. */
  readonly memoryBytes: number[] = []
  readonly gpuUse: number[] = []
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
      this.memoryBytes.push(step.memoryBytes ?? Number.NaN)
      this.gpuUse.push(step.gpuUse ?? Number.NaN)
    }
    this.#grown(before)
  }

  /** The answer of 'runs.curves'. Throws RangeError where the blocks cannot be read. */
  appendBlocks(blocks: readonly string[]): void {
    const columns = unpackSteps(blocks.map((packed) => unpackBytes(packed)))
    const before = this.count
    const { nextStep } = this
    for (const [row, stepIndex] of columns.stepIndices.entries()) {
      if (stepIndex < nextStep) continue
      this.stepIndices.push(stepIndex)
      this.losses.push(columns.losses[row] ?? Number.NaN)
      this.batchAccuracies.push(columns.batchAccuracies[row] ?? Number.NaN)
      this.learningRates.push(columns.learningRates[row] ?? Number.NaN)
      this.stepMs.push(columns.stepMs[row] ?? Number.NaN)
      this.waitMs.push(columns.waitMs[row] ?? Number.NaN)
      this.atMs.push(columns.atMs[row] ?? Number.NaN)
      this.memoryBytes.push(columns.memoryBytes[row] ?? Number.NaN)
      this.gpuUse.push(columns.gpuUse[row] ?? Number.NaN)
    }
    this.#grown(before)
  }

  /** A run that goes on from a checkpoint does the steps from `stepIndex` on again: they are left out. */
  cutAt(stepIndex: number): void {
    const found = this.stepIndices.findIndex((own) => own >= stepIndex)
    if (found < 0) return
    const columns = [this.stepIndices, this.losses, this.batchAccuracies, this.learningRates, this.stepMs]
    for (const column of [...columns, this.waitMs, this.atMs, this.memoryBytes, this.gpuUse])
      column.length = found
    this.version++
  }

  close(): void {
    clearTimeout(this.#redraw)
  }

  #grown(before: number): void {
    if (this.count === before) return
    if (before === 0) this.version++
    else this.#redraw ??= setTimeout(() => this.#drawn(), redrawEveryMs)
  }

  #drawn(): void {
    this.#redraw = undefined
    this.version++
  }
}
