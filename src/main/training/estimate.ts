/** What a training needs in memory, before anything is started. Pure. */
import type { ModelSpec } from '../../contract/entities/model'
import { parameterCount } from '../model/spec'
import { rootChannels, rootSizes, unitsOf, unitSize } from '../model/units'

/** Node, the engine's libraries and its thread pools, measured. */
const baseBytes = 450e6
const parameterCopies = 6
const activationFactor = 1.5
export function estimateMemory(
  spec: ModelSpec,
  classCount: number,
  cropPx: number,
  microBatchSize: number,
): number {
  return (
    baseBytes +
    parameterCopies * 4 * parameterCount(spec, classCount) +
    activationFactor * 4 * microBatchSize * activationCount(spec, cropPx)
  )
}

/** Micro-batches above this gain nothing on the devices measured. */
const largestMicroBatch = 256

/** The largest power of two (or the batch itself) whose estimate is within `availableBytes`; at least 1. */
export function chooseMicroBatch(
  spec: ModelSpec,
  classCount: number,
  cropPx: number,
  batchSize: number,
  availableBytes: number,
): number {
  let size = Math.min(batchSize, largestMicroBatch)
  while (size > 1 && estimateMemory(spec, classCount, cropPx, size) > availableBytes) {
    size = 2 ** Math.ceil(Math.log2(size) - 1)
  }
  return size
}

/** Numbers that one picture's forward pass keeps for the gradient. */
export function activationCount(spec: ModelSpec, cropPx: number): number {
  const { convPx, poolPx } = rootSizes(cropPx)
  const root = rootChannels(spec)
  let count = 3 * (cropPx + 6) ** 2 + root * (convPx ** 2 + (convPx + 2) ** 2 + poolPx ** 2)
  let inPx = poolPx
  for (const { inChannels, midChannels, outChannels, stride, projected } of unitsOf(spec)) {
    const outPx = unitSize(inPx, stride)
    // a: normalized input; b: convolved, normalized (and padded for a stride); c: the same; the output, its shortcut and the sum
    count += inChannels * inPx ** 2
    count += midChannels * (2 * inPx ** 2 + (stride === 2 ? (inPx + 2) ** 2 : 0) + 2 * outPx ** 2)
    count += outChannels * outPx ** 2 * (projected ? 3 : 2)
    inPx = outPx
  }
  return count + 32 * root * inPx ** 2
}
