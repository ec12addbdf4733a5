/** The package's WebAssembly program itself, the build with threads and SIMD, over a memory that we make and can share. */
import { importPackage } from '../import-package'

/** What of Emscripten's module we or the backend's class use. */
export interface WasmModule {
  HEAPU8: Uint8Array
  _malloc(byteCount: number): number
  _free(address: number): void
  cwrap(name: string, result: 'number' | null, parameters: 'number'[]): (...values: number[]) => number
  tfjs?: Record<string, (...values: number[]) => number>
}

interface ModuleOptions {
  wasmMemory: WebAssembly.Memory
  locateFile(path: string, folder: string): string
}

const pageBytes = 65_536
const program = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js'

/** WebAssembly addresses 32 bits. */
const addressable = 2 ** 32

/**
 * How far the heap may grow. The program adds to the heap's end in 32 bits without a look at the carry, so it would take a piece beyond
 * 4 GiB for one at the beginning and write over other tensors. 256 MiB less leave every request up to that size without a carry.
 */
export const heapBytes = addressable - 2 ** 28

/**
 * Of the package's three builds the one that takes a shared memory. It would start eight threads of its own, in a way that fails in Node;
 * ours (wasm-threads.ts) do the work, so it gets stand-ins that say they are ready and are never used.
 */
export async function loadWasmModule(): Promise<{ module: WasmModule; memory: WebAssembly.Memory }> {
  const memory = new WebAssembly.Memory({
    initial: (16 * 2 ** 20) / pageBytes,
    maximum: heapBytes / pageBytes,
    shared: true,
  })
  const create = await importPackage<(options: ModuleOptions) => Promise<WasmModule>>(program)
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker')
  let module: WasmModule
  try {
    module = await create({
      wasmMemory: memory,
      locateFile: (path, folder) => {
        // asked just before each thread is made, and after the program has put Node's own class there
        if (path.endsWith('.worker.js')) Object.assign(globalThis, { Worker: IdleWorker })
        return folder + path
      },
    })
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'Worker')
    else Object.defineProperty(globalThis, 'Worker', before)
  }
  addBackendCalls(module)
  refuseWhenFull(module, memory)
  return { module, memory }
}

class IdleWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null
  postMessage(message: { cmd?: string }): void {
    if (message.cmd === 'load') queueMicrotask(() => this.onmessage?.({ data: { cmd: 'loaded' } }))
  }
  on(): void {
    // nothing ever happens to it
  }
  unref(): void {
    // it holds nothing
  }
  terminate(): void {
    // it never ran
  }
}

/** What the package's own `init` adds; its class of the backend calls these. */
function addBackendCalls(module: WasmModule): void {
  const { cwrap } = module
  module.tfjs = {
    init: cwrap('init', null, []),
    initWithThreadsCount: cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: cwrap('dispose_data', null, ['number']),
    dispose: cwrap('dispose', null, []),
  }
}

/** The backend takes a failed allocation's 0 for an address and writes over the program's own data; so it must not get that far. */
function refuseWhenFull(module: WasmModule, memory: WebAssembly.Memory): void {
  module._free(module._malloc(1)) // the first call puts the program's own function in the place of this one
  const allocate = module._malloc
  module._malloc = (byteCount) => {
    const carries = memory.buffer.byteLength + byteCount > addressable - 2 ** 20
    const address = carries ? 0 : allocate(byteCount)
    if (address === 0 && byteCount > 0) {
      throw new Error(
        `WebAssembly is out of memory: ${(byteCount / 2 ** 20).toFixed(1)} MiB more do not fit in its ${(heapBytes / 2 ** 30).toFixed(2)} GiB.`,
      )
    }
    return address
  }
}
