import * as tf from '@tensorflow/tfjs-core'
import type * as wasmPackage from '@tensorflow/tfjs-backend-wasm'
import { importPackage } from '../import-package'
import { wasmCall } from './call'
import { registerWasmKernels } from './kernels'
import { loadWasmModule } from './module'
import { startWasmThreads } from './threads'
import type { WasmThreads } from './threads'

type WasmPackage = typeof wasmPackage

export interface WasmEngine {
  readonly version: string
  readonly threads: WasmThreads
  /** All that the engine has taken of its 4 GiB; what it took stays its. */
  heapBytes(): number
}

let loaded: Promise<WasmEngine> | null = null

/**
 * Loads tfjs-backend-wasm with SIMD over a shared memory, gives it our kernels on `threadCount` threads, and makes it the backend of
 * tfjs-core. Once in a process: later calls give the same engine.
 */
export async function loadWasm(threadCount: number): Promise<WasmEngine> {
  loaded ??= load(threadCount)
  const engine = await loaded
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.')
  return engine
}

async function load(threadCount: number): Promise<WasmEngine> {
  await registerGradients()
  const { BackendWasm, setThreadsCount, version_wasm } = await importPackage<WasmPackage>(
    '@tensorflow/tfjs-backend-wasm',
  )
  const { module, memory } = await loadWasmModule()
  const threads = await startWasmThreads(module, memory, threadCount)
  // the package's own way to its program has the threads switched off in Node (tensorflow/tfjs issue 3830)
  tf.removeBackend('wasm')
  setThreadsCount(1)
  const backend = new BackendWasm(module as unknown as ConstructorParameters<typeof BackendWasm>[0])
  tf.registerBackend('wasm', () => backend)
  registerWasmKernels(wasmCall(backend, module, threads))
  return { version: version_wasm, threads, heapBytes: () => memory.buffer.byteLength }
}

/**
 * The gradient functions and the plain JavaScript backend. In Node, tfjs-core alone has no gradients ("gradient function not
 * found"): the package that unites the parts registers them with the same tfjs-core.
 */
export async function registerGradients(): Promise<void> {
  await importPackage('@tensorflow/tfjs')
}
