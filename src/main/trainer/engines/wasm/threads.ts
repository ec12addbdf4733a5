/** Our kernels (src/wasm) on as many threads as asked for, over the backend's memory. */
import { Worker } from 'node:worker_threads'
import kernelsBase64 from 'virtual:wasm-kernels'
import type { WasmModule } from './module'

export interface WasmThreads {
  readonly count: number
  /** Why there are fewer than asked for, or null. */
  readonly problem: string | null
  /** Does a job (src/wasm/assembly/jobs.ts) and returns when all its tasks are done. Parameters are addresses, counts; `floats` by place. */
  run(
    job: number,
    taskCount: number,
    parameters: readonly number[],
    floats?: ReadonlyMap<number, number>,
  ): void
  /** How many tasks the other threads have done. */
  tasksOfOthers(): number
  /** Ends the other threads; this one goes on alone. */
  close(): Promise<void>
}

interface KernelExports {
  attach(block: number, threads: number, scratch: number): void
  run(job: number, taskCount: number): void
  end(): void
}

const blockBytes = 4096
/** Of the shared block, in words: where a job's parameters begin (src/wasm/assembly/threads.ts). */
const parametersAt = 16
const tasksOfOthersAt = 5
const scratchBytes = 2 ** 20

// As text, because a thread's code is a file or a text, and the trainer is built as one file.
const threadCode = `
const { parentPort, workerData } = require('node:worker_threads')
const { program, memory, block, count, scratch } = workerData
const { exports } = new WebAssembly.Instance(program, { env: { memory } })
exports.attach(block, count, scratch)
parentPort.postMessage('ready')
exports.serve()
`

/**
 * `count` ≥ 1, this thread included. Where the others cannot be started, it works alone and says why. `memoryOfOthers` is another memory
 * only in the test of that.
 */
export async function startWasmThreads(
  module: WasmModule,
  memory: WebAssembly.Memory,
  count: number,
  memoryOfOthers = memory,
): Promise<WasmThreads> {
  const program = await WebAssembly.compile(Buffer.from(kernelsBase64, 'base64'))
  const instance = await WebAssembly.instantiate(program, { env: { memory } })
  const kernels = instance.exports as unknown as KernelExports
  const block = module._malloc(blockBytes)
  module.HEAPU8.fill(0, block, block + blockBytes)
  const scratches = Array.from({ length: count }, () => module._malloc(scratchBytes))
  const workers: Worker[] = []
  let problem: string | null = null
  try {
    await Promise.all(
      scratches.slice(1).map((scratch) => {
        const worker = new Worker(threadCode, {
          eval: true,
          workerData: { program, memory: memoryOfOthers, block, count, scratch },
        })
        workers.push(worker)
        return ready(worker)
      }),
    )
  } catch (thrown) {
    problem = thrown instanceof Error ? thrown.message : String(thrown)
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
  }
  const used = workers.length + 1
  kernels.attach(block, used, scratches[0] ?? 0)

  return {
    count: used,
    problem,
    run(job, taskCount, parameters, floats) {
      const words = new Int32Array(memory.buffer, block, blockBytes / 4)
      words.set(parameters, parametersAt)
      if (floats !== undefined) {
        const values = new Float32Array(memory.buffer, block, blockBytes / 4)
        for (const [index, value] of floats) values[parametersAt + index] = value
      }
      kernels.run(job, taskCount)
    },
    tasksOfOthers: () => new Int32Array(memory.buffer, block, blockBytes / 4)[tasksOfOthersAt] ?? 0,
    async close() {
      kernels.end()
      await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
      kernels.attach(block, 1, scratches[0] ?? 0)
    },
  }
}

/** The thread sleeps between jobs and must not keep the process alive. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('A thread ended before it was ready')))
    worker.once('message', () => {
      worker.removeAllListeners()
      worker.unref()
      resolve()
    })
  })
}
