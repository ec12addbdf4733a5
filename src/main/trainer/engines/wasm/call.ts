/** What a kernel of ours needs of the backend: addresses of tensors, outputs, room for the time of one call. */
import * as tf from '@tensorflow/tfjs-core'
import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import type { WasmModule } from './module'
import type { WasmThreads } from './threads'

/** src/wasm/assembly/jobs.ts has the same numbers. */
export const jobs = {
  packKernel: 0,
  convolve: 1,
  packTurnedKernel: 2,
  convolveBack: 3,
  convolveKernelBack: 4,
  normalize: 5,
  normalizeBack: 6,
  sumImages: 7,
  standardize: 8,
  standardizeBack: 9,
  poolBack: 10,
  copyRows: 11,
} as const

/** The parts of the package's backend that we use. */
export interface WasmBackend {
  getMemoryOffset(dataId: object): number
  incRef(dataId: object): void
  disposeData(dataId: object, force: boolean): void
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo
}

export interface WasmCall {
  readonly threads: WasmThreads
  /** Puts a kernel in the place of the backend's own, or where it has none. */
  replaceKernel(kernelName: string, kernelFunc: KernelFunc): void
  address(tensor: TensorInfo): number
  /** float32, its values not set. Given back where the kernel then throws. */
  output(shape: readonly number[]): TensorInfo
  /** The same values once more, without a copy. */
  share(tensor: TensorInfo): TensorInfo
  /** `work` gets the address of so many bytes, which are freed after it. */
  withRoom<T>(byteCount: number, work: (address: number) => T): T
}

export function wasmCall(backend: WasmBackend, module: WasmModule, threads: WasmThreads): WasmCall {
  const made: TensorInfo[] = []
  return {
    threads,
    replaceKernel: (kernelName, kernelFunc) =>
      register(kernelName, (request) => {
        try {
          return kernelFunc(request)
        } catch (thrown) {
          // memory ran out between two outputs: nobody else knows of the first
          for (const { dataId } of made) backend.disposeData(dataId, true)
          throw thrown
        } finally {
          made.length = 0
        }
      }),
    address: (tensor) => backend.getMemoryOffset(tensor.dataId),
    output(shape) {
      const tensor = backend.makeOutput([...shape], 'float32')
      made.push(tensor)
      return tensor
    },
    share(tensor) {
      backend.incRef(tensor.dataId)
      return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype }
    },
    withRoom(byteCount, work) {
      const address = module._malloc(byteCount)
      try {
        return work(address)
      } finally {
        module._free(address)
      }
    },
  }
}

function register(kernelName: string, kernelFunc: KernelFunc): void {
  const backendName = 'wasm'
  const present = tf.getKernelsForBackend(backendName).find((kernel) => kernel.kernelName === kernelName)
  if (present !== undefined) tf.unregisterKernel(kernelName, backendName)
  // The package's set-up function wraps the WebAssembly entry that its own kernel calls, so it stays.
  const setup = present?.setupFunc === undefined ? {} : { setupFunc: present.setupFunc }
  tf.registerKernel({ kernelName, backendName, kernelFunc, ...setup })
}

/** Kernel attributes are untyped in tfjs; their types are those of the operation that calls the kernel. */
export function attribute<T>(attrs: NamedAttrMap | undefined, name: string): T {
  return attrs?.[name] as T
}
