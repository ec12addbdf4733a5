/**
 * Which images and labels stand in each batch: a pure function of the list, the recipe (with its seed) and the step. Images come in a seeded
 * order that is drawn anew for each pass over the set; the stream has no end and is cut into batches.
 */
import type { Recipe } from '../../contract/entities/run'
import type { JobImages } from '../trainer/messages'
import { mixupDraw, type MixupDraw } from './mixup'
import { permutation, purpose } from './random'

export interface BatchLabels {
  /** [count, classCount], rows sum to 1; soft where MixUp is on. */
  readonly labelsNk: Float32Array
  /** [count]: the class with the larger weight in the mixture. */
  readonly hardLabels: Int32Array
}

export interface BatchStream {
  /** Position `stepIndex` · batchSize + p is the p-th of that step's batch. */
  imageAt(streamPosition: number): number
  /** null where MixUp is off. */
  mixup(stepIndex: number): MixupDraw | null
  /** Of the positions start … start + count − 1 of a batch. */
  labels(stepIndex: number, mixup: MixupDraw | null, start: number, count: number): BatchLabels
}

export function openBatchStream(
  train: JobImages,
  classCount: number,
  { seed, batchSize, mixupAlpha }: Pick<Recipe, 'seed' | 'batchSize' | 'mixupAlpha'>,
): BatchStream {
  const imageAt = imageOrder(train.paths.length, seed)
  return {
    imageAt,
    mixup: (stepIndex) => mixupDraw(seed, stepIndex, mixupAlpha, batchSize),
    labels(stepIndex, mixup, start, count) {
      const labelAt = (position: number): number =>
        train.labelIndices[imageAt(stepIndex * batchSize + position)] ?? 0
      const labelsNk = new Float32Array(count * classCount)
      const hardLabels = new Int32Array(count)
      const lambda = mixup?.lambda ?? 1
      for (let row = 0; row < count; row++) {
        const label = labelAt(start + row)
        const partner = mixup === null ? label : labelAt(mixup.partners[start + row] ?? 0)
        addTo(labelsNk, row * classCount + label, lambda)
        addTo(labelsNk, row * classCount + partner, 1 - lambda)
        hardLabels[row] = lambda >= 0.5 ? label : partner
      }
      return { labelsNk, hardLabels }
    },
  }
}

/** Which image stands at a position of the endless stream. */
function imageOrder(exampleCount: number, seed: number): (streamPosition: number) => number {
  const orders = new Map<number, Uint32Array>()
  return (streamPosition) => {
    const pass = Math.floor(streamPosition / exampleCount)
    const known = orders.get(pass)
    const order = known ?? permutation(exampleCount, seed, purpose.order, pass)
    if (known === undefined) {
      // those in use and those ahead lie close together; far ones are drawn again when they are wanted
      if (orders.size >= mostOrders(exampleCount)) orders.clear()
      orders.set(pass, order)
    }
    return order[streamPosition % exampleCount] ?? 0
  }
}

/** Few of a large set, more of one that a batch passes several times: about a million places. */
function mostOrders(exampleCount: number): number {
  return 2 + Math.ceil(1e6 / exampleCount)
}

function addTo(values: Float32Array, index: number, amount: number): void {
  values[index] = (values[index] ?? 0) + amount
}
