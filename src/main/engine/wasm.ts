import * as tf from '@tensorflow/tfjs-core'
import type * as wasmPackage from '@tensorflow/tfjs-backend-wasm'
import { importPackage } from './import-package'
import { registerWasmKernels } from './wasm-kernels'

type WasmPackage = typeof wasmPackage

export interface WasmEngine {
  readonly version: string
  readonly threadCount: number
  readonly simd: boolean
}

/**
 * Loads tfjs-backend-wasm, adds the kernels it lacks or gets wrong, and makes it the backend of tfjs-core. One thread: the package
 * has its threads switched off in Node (tensorflow/tfjs issue 3830).
 */
export async function loadWasm(): Promise<WasmEngine> {
  await registerGradients()
  const wasm = await importPackage<WasmPackage>('@tensorflow/tfjs-backend-wasm')
  registerWasmKernels()
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.')
  return {
    version: wasm.version_wasm,
    threadCount: wasm.getThreadsCount(),
    simd: (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true,
  }
}

/**
 * The gradient functions and the plain JavaScript backend. In Node, tfjs-core alone has no gradients ("gradient function not
 * found"): the package that unites the parts registers them with the same tfjs-core.
 */
export async function registerGradients(): Promise<void> {
  await importPackage('@tensorflow/tfjs')
}
