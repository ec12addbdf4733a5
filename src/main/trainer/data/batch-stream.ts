/**
 * Which images and labels stand in each batch: a pure function of the list, the recipe (with its seed) and the step. Images come in a seeded
 * order that is drawn anew for each pass over the set; the stream has no end and is cut into batches.
 */
import type { Recipe } from '../../../contract/entities/run'
import type { JobImages } from '../../protocol/messages'
import type { MissingOfPart } from './missing-images'
import { mixupDraw, type MixupDraw } from './mixup'
import { permutation, purpose } from '../../../domain/random'

export interface BatchLabels {
  /** [count, classCount], rows sum to 1, soft where MixUp is on; a row of zeros where the weight is 0, so that it counts for nothing. */
  readonly labelsNk: Float32Array
  /** [count]: 0 where the image is missing, or with MixUp its partner; else 1. */
  readonly weights: Uint8Array
  /** Sum of the weights. */
  readonly presentCount: number
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
  missing: Pick<MissingOfPart, 'isMissing'>,
): BatchStream {
  const imageAt = imageOrder(train.keys.length, seed)
  const isMissing = (streamPosition: number): boolean =>
    missing.isMissing(imageAt(streamPosition), streamPosition)
  return {
    imageAt,
    mixup: (stepIndex) => mixupDraw(seed, stepIndex, mixupAlpha, batchSize),
    labels(stepIndex, mixup, start, count) {
      const labelAt = (position: number): number => train.labelIndices[imageAt(batchStart + position)] ?? 0
      const labelsNk = new Float32Array(count * classCount)
      const weights = new Uint8Array(count)
      const batchStart = stepIndex * batchSize
      let presentCount = 0
      const lambda = mixup?.lambda ?? 1
      for (let row = 0; row < count; row++) {
        const partnerPosition = mixup === null ? start + row : (mixup.partners[start + row] ?? 0)
        const label = labelAt(start + row)
        const partner = mixup === null ? label : labelAt(partnerPosition)
        if (isMissing(batchStart + start + row) || isMissing(batchStart + partnerPosition)) continue
        weights[row] = 1
        presentCount += 1
        addTo(labelsNk, row * classCount + label, lambda)
        addTo(labelsNk, row * classCount + partner, 1 - lambda)
      }
      return { labelsNk, weights, presentCount }
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
