/**
 * What passes cost on the reference machine, two cores of an AMD EPYC with AVX-512 and TensorFlow's recorded graphs, in processor time ÷ 2. Fitted
 * to steps of BiT-Tiny's size at 64 to 256 px in micro-batches of 8 to 128, half its width, twice its depth, and R50x1 at 64 to 384 px: within 12 %
 * (root mean square). A machine's own speed is measured; these numbers only say how one model, crop and batch compares with another.
 */
import type { Precision } from '../../contract/entities/run'

interface PassNumbers {
  /** Of 1e9 multiply-adds of the forward pass's convolutions, ms. */
  readonly perGmac: number
  /** Of 1e6 numbers that the norms read, ms. */
  readonly perMillionActivations: number
}

interface CostNumbers {
  /** Forward, backward. */
  readonly step: PassNumbers
  readonly predict: PassNumbers
  /** Of 1e6 parameters: adding up their gradient, and once more a step their update, ms. */
  readonly perMillionParameters: number
  /** Of a call of the engine, ms. */
  readonly callMs: number
}

export const costNumbers: Readonly<Record<Precision, CostNumbers>> = {
  float32: {
    step: { perGmac: 26, perMillionActivations: 2 },
    predict: { perGmac: 9, perMillionActivations: 0.5 },
    perMillionParameters: 1.35,
    callMs: 17,
  },
  bfloat16: {
    step: { perGmac: 20, perMillionActivations: 0.1 },
    predict: { perGmac: 7, perMillionActivations: 0.1 },
    perMillionParameters: 1.35,
    callMs: 17,
  },
}
