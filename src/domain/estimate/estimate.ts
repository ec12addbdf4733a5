/** What a training needs in memory, before anything is started. Pure. */
import type { ModelSpec } from '../../contract/entities/model'
import { parameterCount } from '../model/spec'
import { rootChannels, rootSizes, unitsOf, unitSize } from '../model/units'

/**
 * Fitted to the peak resident memory of fourteen measured trainings with native TensorFlow 2.20 and recorded graphs on a two-core x86-64 processor
 * (units:1-1-1-1 at widths 0.5 and 1, R50x1, R101x1, R50x3; 64 to 384 px; micro-batches of 2 to 256); with our own convolutions it meets them within
 * 11 %, mostly from above. The parameters stand six times: values, momenta, gradients, the standardized kernels, and what TensorFlow keeps for reuse. Of the activations only the norms'
 * inputs are kept for the gradient; their outputs are computed again. Of other layers four were measured, and met within 6 %: plain convolutions have no
 * standardized copy; BatchNorm keeps its outputs too, and its ordinary operations take some more.
 */
export const baseBytes = 550e6
const batchNormBytes = 110e6
const parameterCopies = 5.95
const activationCopies = 1.16

/** Plain kernels are read as they are. */
function copiesOf({ convolution }: ModelSpec): number {
  return convolution === 'plain' ? parameterCopies - 1 : parameterCopies
}

/** What a step of such micro-batches takes beside the weights, momenta and standardized kernels, bytes: gradients and activations. */
export function stepBytes(
  spec: ModelSpec,
  classCount: number,
  cropPx: number,
  microBatchSize: number,
): number {
  const activations = activationCopies * 4 * microBatchSize * activationCount(spec, cropPx)
  return Math.round(4 * parameterCount(spec, classCount) + activations)
}

/** Peak memory of a training, bytes; without the cache of decoded images. */
export function estimateMemory(
  spec: ModelSpec,
  classCount: number,
  cropPx: number,
  microBatchSize: number,
): number {
  return (
    baseBytes +
    (spec.norm === 'batch' ? batchNormBytes : 0) +
    copiesOf(spec) * 4 * parameterCount(spec, classCount) +
    activationCopies * 4 * microBatchSize * activationCount(spec, cropPx)
  )
}

/** units:1-1-1-1,width:0.5 at 64 px on two cores: 300 images a second in micro-batches of 64, 500 at 128, 600 at 256, 650 at 512. */
const largestMicroBatch = 256
/** The other half is for the cache of images, the core, and whatever else the machine does. */
const usableShare = 0.5

/** The largest power of two (or the batch itself), at most 256, that needs at most half of `availableBytes`; at least 1. */
export function chooseMicroBatch(
  spec: ModelSpec,
  classCount: number,
  cropPx: number,
  batchSize: number,
  availableBytes: number,
): number {
  let size = Math.min(batchSize, largestMicroBatch)
  while (size > 1 && estimateMemory(spec, classCount, cropPx, size) > availableBytes * usableShare) {
    size = 2 ** Math.ceil(Math.log2(size) - 1) // the next lower power of two
  }
  return size
}

/** What the forward pass of so many images holds at its largest, bytes, where no gradient is wanted: one unit's inputs and outputs. */
export function predictionBytes(spec: ModelSpec, cropPx: number, imageCount: number): number {
  const { convPx, poolPx } = rootSizes(cropPx)
  let largest = rootChannels(spec) * (convPx ** 2 + (convPx + 2) ** 2 + poolPx ** 2)
  let inPx = poolPx
  for (const { inChannels, midChannels, outChannels, stride } of unitsOf(spec)) {
    const outPx = unitSize(inPx, stride)
    const held = 2 * (inChannels + midChannels) * inPx ** 2 + (midChannels + 2 * outChannels) * outPx ** 2
    largest = Math.max(largest, held)
    inPx = outPx
  }
  return Math.round(imageCount * 4 * reorderShare * largest)
}

/** The convolutions bring some of it into an order of their own. */
const reorderShare = 1.5
/** Eight images of 384 px fill two cores and a GPU alike; a cancellation waits for one batch. */
const predictionPixels = 8 * 384 ** 2
const largestPrediction = 64

/** How many images are predicted at once: a power of two. */
export function predictionBatch(spec: ModelSpec, cropPx: number, availableBytes: number): number {
  let size = largestPrediction
  while (
    size > 1 &&
    (size * cropPx ** 2 > predictionPixels ||
      predictionBytes(spec, cropPx, size) > availableBytes * usableShare)
  )
    size /= 2
  return size
}

/** Numbers that one image's forward pass keeps for the gradient. */
export function activationCount(spec: ModelSpec, cropPx: number): number {
  const { convPx, poolPx } = rootSizes(cropPx)
  const root = rootChannels(spec)
  // BatchNorm's outputs are kept beside its inputs
  const norms = spec.norm === 'batch' ? 2 : 1
  // the image and its padded copy; the root's output and its padded copy, for the pool
  let count = 3 * (cropPx ** 2 + (cropPx + 6) ** 2) + root * (convPx ** 2 + (convPx + 2) ** 2)
  let inPx = poolPx
  for (const { inChannels, midChannels, stride } of unitsOf(spec)) {
    const outPx = unitSize(inPx, stride)
    // the inputs of the three norms, and the padded output of the second for a stride
    count += norms * (inChannels * inPx ** 2 + midChannels * (inPx ** 2 + outPx ** 2))
    if (stride === 2) count += midChannels * (inPx + 2) ** 2
    inPx = outPx
  }
  return count + norms * 32 * root * inPx ** 2
}
