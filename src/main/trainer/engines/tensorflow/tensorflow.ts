import * as tf from '@tensorflow/tfjs-core'
import { importPackage } from '../import-package'
import { trainerEnvironment } from '../../../engine/environment'

export interface NativeTensorflow {
  /** Of the TensorFlow library, not of the package. */
  readonly version: string
  readonly usesGpu: boolean
}

/** The two fields of the package's backend that we read. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

/**
 * Loads native TensorFlow (@tensorflow/tfjs-node-gpu over the provisioned library) and makes it the backend of tfjs-core. Throws
 * what the loader throws where the binding or the library is missing.
 */
export async function loadTensorflow(): Promise<NativeTensorflow> {
  await replaceRemovedUtilities()
  // A trainer is started with these; a process that was not (a test, a bench) still gets what is read through getenv.
  for (const [name, value] of Object.entries(trainerEnvironment(process.env))) {
    if (process.env[name] === undefined && value !== undefined) process.env[name] = value
  }
  await importPackage('@tensorflow/tfjs-node-gpu')
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow is installed but did not start.')
  const backend = tf.backend() as unknown as NodeBackend
  return { version: backend.binding.TF_Version, usesGpu: backend.isUsingGpuDevice }
}

/** The package calls two functions of node:util that warn since Node 22 and are gone since 23. */
async function replaceRemovedUtilities(): Promise<void> {
  const util = await importPackage<object>('node:util')
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  })
}
