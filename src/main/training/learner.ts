/** What a training drives, step by step: the whole network (whole-network.ts), or its head alone (linear-probe.ts). */
import type { SplitPart } from '../../contract/entities/dataset'
import type { LogLine, StepMetric } from '../../contract/entities/run'
import type { PictureStore } from '../data/picture-store'
import type { PredictionRow } from '../trainer/messages'
import type { EvaluationResult } from './evaluate'
import type { TrainState } from './train-state'

export interface Control {
  stopRequested(): boolean
}

export interface LearnerTools {
  readonly pictures: PictureStore
  readonly control: Control
  readonly log: (kind: LogLine['kind'], text: string) => Promise<void>
  /** Milliseconds. */
  readonly clock: () => number
}

export interface Learner {
  /** One optimizer step; null where a stop was asked for before its end: then the weights are those before it. Throws 'loss-not-finite'. */
  step(stepIndex: number): Promise<StepMetric | null>
  /** No step follows: what was prepared for one is given up. */
  endSteps(): Promise<void>
  /** Every image of the part that can be read, with the weights as they are. Asks between batches; null where `interrupted` says yes. */
  evaluate(
    part: SplitPart,
    onRows: (rows: PredictionRow[]) => Promise<void>,
    interrupted?: () => boolean,
  ): Promise<EvaluationResult | null>
  /** Of a checkpoint, which `TrainJob.resume` goes on from. */
  readonly tensors: Pick<TrainState, 'tensorHeaders' | 'readTensors'>
  close(): Promise<void>
}
