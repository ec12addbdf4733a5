/** What a pass of a model costs on the reference machine, by the numbers of cost-numbers.ts: the shape of the costs, scaled by speed.ts. Pure. */
import type { ModelSpec } from '../../contract/entities/model'
import type { Precision, Recipe } from '../../contract/entities/run'
import { convGmac, parameterCount } from '../model/spec'
import { activationCount } from './estimate'
import { costNumbers } from './cost-numbers'

export interface StepSize {
  readonly cropPx: number
  readonly batchSize: number
  readonly microBatchSize: number
  /** Absent: every layer is trained. */
  readonly freeze?: Recipe['freeze']
}

/** A whole optimizer step, ms: its images, what each micro-batch and the update cost however many images there are. */
export function stepCostMs(spec: ModelSpec, precision: Precision, size: StepSize): number {
  const { step, perMillionParameters, callMs } = costNumbers[precision]
  const { batchSize, microBatchSize, cropPx } = size
  const calls = Math.ceil(batchSize / microBatchSize)
  // a smaller last micro-batch is filled up
  const images = calls * Math.min(microBatchSize, batchSize)
  const parameters = parameterCount(spec, 0) / 1e6
  const whole =
    images * imageMs(spec, cropPx, step) + calls * callMs + parameters * perMillionParameters * (calls + 1)
  return whole * trainedShare(spec, cropPx, size.freeze ?? 'none')
}

/**
 * What a step takes where the first layers are frozen, as a share of one in which every layer is trained: a layer's two gradients take twice its
 * forward pass. Small images gain less, since their layers wait for memory rather than compute. BiT-Tiny up to block1, bfloat16, two cores of an
 * AMD EPYC, two pairs each: 0.89 and 0.96 at 64 px, 0.84 and 0.82 at 96, 0.71 and 0.85 at 128, 0.75 and 0.77 at 160; here 0.90, 0.86, 0.81, 0.76.
 */
export function trainedShare(spec: ModelSpec, cropPx: number, freeze: Recipe['freeze']): number {
  if (freeze === 'none') return 1
  const stageCount = freeze === 'root' ? 0 : Number(freeze.slice('block'.length))
  const gained = ((2 / 3) * convGmac(spec, cropPx, stageCount)) / convGmac(spec, cropPx)
  return 1 - Math.min(gained * Math.min(cropPx / 128, 1.25), 2 / 3)
}

/** `count` forward passes, ms, in calls of `microBatchSize`. */
export function predictCostMs(
  spec: ModelSpec,
  precision: Precision,
  cropPx: number,
  count: number,
  microBatchSize: number,
): number {
  const calls = Math.ceil(count / microBatchSize)
  // the last call is filled up
  return calls * microBatchSize * imageMs(spec, cropPx, costNumbers[precision].predict)
}

/** Convolutions by their multiply-adds, everything else by the numbers that it reads and writes. */
function imageMs(
  spec: ModelSpec,
  cropPx: number,
  { perGmac, perMillionActivations }: { readonly perGmac: number; readonly perMillionActivations: number },
): number {
  return perGmac * convGmac(spec, cropPx) + (perMillionActivations * activationCount(spec, cropPx)) / 1e6
}
