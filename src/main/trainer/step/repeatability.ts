/** Whether two runs of the same recipe give the same numbers: a promise that tests hold (repeatability.test.ts), or none. */
import * as tf from '@tensorflow/tfjs-core'
import { graphEngine } from '../engines/tensorflow/graph-engine'

export interface HowItRuns {
  /** tfjs's name of it: tensorflow, wasm, webgpu or cpu. */
  readonly backend: string
  /** Null where the step runs operation by operation. */
  readonly recordedOn: 'cpu' | 'gpu' | null
  /** TensorFlow's own switch, see `deterministicOps`. */
  readonly deterministicOps: boolean
}

/** Here and now. */
export function howItRuns({ isRecorded }: { readonly isRecorded: boolean }): HowItRuns {
  return {
    backend: tf.getBackend(),
    recordedOn: isRecorded ? (graphEngine()?.device ?? null) : null,
    deterministicOps: deterministicOps(process.env),
  }
}

/** One sentence for the run's log. */
export function repeatability({ backend, recordedOn, deterministicOps }: HowItRuns): string {
  if (recordedOn === 'cpu')
    return 'Repeatable: the same seed, micro-batch and thread count on this machine give the same losses, bit for bit.'
  if (backend === 'wasm')
    return 'Repeatable: the same seed and micro-batch give the same losses, bit for bit, with any number of threads.'
  if (recordedOn === 'gpu' && deterministicOps)
    return 'TF_DETERMINISTIC_OPS is set: TensorFlow uses only operations that give the same sums on this GPU each time.'
  if (recordedOn === 'gpu')
    return 'Not repeatable to the last digit: a GPU adds in a changing order. Set TF_DETERMINISTIC_OPS=1 in the environment to fix the order; this costs some speed.'
  return 'May not be repeatable to the last digit: this engine can add in a changing order.'
}

/** As TensorFlow reads it: 1 and true, in any case. */
export function deterministicOps(environment: NodeJS.ProcessEnv): boolean {
  return /^(1|true)$/i.test(environment['TF_DETERMINISTIC_OPS'] ?? '')
}
