/** What a training drives, step by step: the whole network (whole-network.ts), or its head alone (linear-probe.ts). */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { LogLine, StepMetric } from '../../../contract/entities/run'
import type { AfterStop } from '../../protocol/messages'
import type { MissingImages } from '../data/missing-images'
import type { ImageStore } from '../data/image-store'
import type { EvaluationResult, OnRows } from './evaluate'
import type { TrainState } from './train-state'

export interface Control {
  stopRequested(): boolean
}

export interface RunControl extends Control {
  /** What the last stop asked for; absent: 'evaluate'. */
  afterStop?(): AfterStop
}

export interface LearnerTools {
  readonly store: ImageStore
  readonly missing: MissingImages
  readonly control: Control
  readonly log: (kind: LogLine['kind'], text: string) => Promise<void>
  /** Of the checkpoint that the job goes on from, see TrainJob.resume. Once. */
  readonly resumeBytes: () => AsyncIterable<Uint8Array>
  /** Milliseconds. */
  readonly clock: () => number
}

/** null: a stop came before its end. 'empty': none of its images is there. Both leave the weights as they were. */
export type StepOutcome = StepMetric | 'empty' | null

export interface Learner {
  /** What must be read before the first step; a stop ends it. Throws 'images-missing'; the weights can be saved then. */
  prepare(): Promise<void>
  /** One optimizer step. Throws 'loss-not-finite', and 'images-missing': then the weights are those before it. */
  step(stepIndex: number): Promise<StepOutcome>
  /** No step follows: what was prepared for one is given up. */
  endSteps(): Promise<void>
  /**
   * Every image of the part that can be read, with the weights as they are after `stepsDone` steps. Asks between batches; null where
   * `interrupted` says yes. Throws 'images-missing'.
   */
  evaluate(
    part: SplitPart,
    stepsDone: number,
    onRows: OnRows,
    interrupted?: () => boolean,
  ): Promise<EvaluationResult | null>
  /**
   * Training images at `indices` of the part's list, in this order, with the weights as they are. Those that cannot be read are left out and
   * counted nowhere: this changes no number of the run. `interrupted` is asked between batches and ends it.
   */
  scoreTraining(indices: readonly number[], onRows: OnRows, interrupted: () => boolean): Promise<void>
  /** Of a checkpoint, which `TrainJob.resume` goes on from. */
  readonly tensors: Pick<TrainState, 'tensorHeaders' | 'readTensors'>
  close(): Promise<void>
}
