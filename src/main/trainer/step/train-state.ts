/** What a run's weights go through: the one interface of a training step, recorded or eager. */
import type { ModelSpec } from '../../../contract/entities/model'
import type { Precision } from '../../../contract/entities/run'
import type { OperationTime } from '../../protocol/messages'
import { isStatistic, parameterShapes } from '../../../domain/model/spec'
import type { WeightSet } from '../../weights/weight-set'
import type { Learning } from './learning'

/** Images as they are fed: stored pixels, mixed or not, or numbers that the model takes as they are. All [count,px,px,3]. */
export type Images =
  | {
      readonly kind: 'pixels'
      /** uint8 */
      readonly pixelsNhwc: Uint8Array
      /** What is mixed in with 1 − lambda; null without MixUp. */
      readonly partnersNhwc: Uint8Array | null
      readonly lambda: number
    }
  /** In [−1, 1]. */
  | { readonly kind: 'scaled'; readonly imagesNhwc: Float32Array }

export interface BatchResult {
  /** Sum over the micro-batch of the loss, nats. */
  readonly lossSum: number
  /** How many have their arg-max at the heaviest label. */
  readonly correct: number
}

/** Everything stays on the engine between calls. One call at a time. */
export interface TrainState {
  /** How it runs, in a sentence for the log; a warning where it is slower than it could be. */
  readonly note: { readonly kind: 'info' | 'warn'; readonly text: string }
  /** As a graph, or operation by operation. */
  readonly isRecorded: boolean
  /** The largest count that a call takes. */
  readonly microBatchSize: number
  /** Smaller from now on, after memory ran out; the weights stay. */
  setMicroBatchSize(size: number): void
  /**
   * A new step: what was accumulated before is forgotten. Throws 'RESOURCE_EXHAUSTED…' where the memory will not be enough for micro-batches of
   * this size.
   */
  begin(): Promise<void>
  /**
   * Adds the gradient of Σ loss / batchSize over `count` images. labelsNk [count,K] sums to 1 a row; featureFactorsNc [count,C] is what each
   * feature is multiplied with before the head, for states with dropout. Calls for all micro-batches of
   * a batch give the gradient of the mean over the batch, since no layer mixes examples. Throws 'RESOURCE_EXHAUSTED…' where memory runs out:
   * then the step can be begun again.
   */
  accumulate(
    images: Images,
    labelsNk: Float32Array,
    count: number,
    batchSize: number,
    featureFactorsNc?: Float32Array | null,
  ): Promise<BatchResult>
  /** v ← m·v + g + λ·w + μ·(w − w₀); w ← w − rate·v, for what learns; then the gradient is forgotten. */
  apply(learningRate: number): Promise<void>
  /** [count,K] logits, row-major. */
  predict(images: Images, count: number): Promise<Float32Array>
  /**
   * Where the time of such a micro-batch goes (without labels: of such a prediction), by kind of operation; null where the engine does not tell.
   * With labels it changes the gradient as `accumulate` does.
   */
  profile(images: Images, labelsNk: Float32Array | null, count: number): Promise<OperationTime[] | null>
  /** Parameters in published order, then their momenta, which carry the suffix `/momentum`. */
  tensorHeaders(): { name: string; shape: readonly number[] }[]
  /** A copy of one. */
  readTensor(name: string): Promise<Float32Array>
  /**
   * Puts all of them in place, in the order of the headers: to go on from a checkpoint. Where weights decay toward the initial ones, that stays
   * what the state was made with.
   */
  restore(tensors: AsyncIterable<Float32Array>): Promise<void>
  /** Copies of all, in the order of the headers, a few at a time, so that no second copy of the model is held. */
  readTensors(): AsyncIterable<{ name: string; data: Float32Array }>
  dispose(): void
}

export interface StateOptions {
  readonly spec: ModelSpec
  readonly classCount: number
  readonly momentum: number
  readonly microBatchSize: number
  /** Side of the images. */
  readonly cropPx: number
  readonly precision: Precision
  /** How many are to come, where that is known: XLA compiles for many only. */
  readonly microBatches?: number
  /** HyperRule's where it is left out. */
  readonly learning?: Learning
}

export const momentumSuffix = '/momentum'

/** Parameters in published order, then the momenta of those that have one: statistics have none. */
export function headersOf(spec: ModelSpec, classCount: number): { name: string; shape: readonly number[] }[] {
  const parameters = parameterShapes(spec, classCount)
  const momenta = parameters
    .filter(({ name }) => !isStatistic(name))
    .map(({ name, shape }) => ({ name: name + momentumSuffix, shape }))
  return [...parameters, ...momenta]
}

/** Out of the set, so that its memory can go while the next is copied to the engine. */
export function takeWeight(weights: WeightSet, name: string): Float32Array {
  const weight = weights.get(name)
  if (weight === undefined) throw new Error(`The weights have no ${name}.`)
  weights.delete(name)
  return weight.data
}

/** Gives the memory back now and not when the collector comes by, where nothing else lies in it. The array is empty afterwards. */
export function release({ buffer, byteLength }: Float32Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** How many images and of which side: of `images` with `count` of them. */
export function sideOf(images: Images, count: number): number {
  const length = images.kind === 'pixels' ? images.pixelsNhwc.length : images.imagesNhwc.length
  return Math.round(Math.sqrt(length / (3 * count)))
}
