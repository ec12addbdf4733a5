import * as tf from '@tensorflow/tfjs-core'
import type { EngineReport } from '../../contract/entities/model'
import { availableMemoryBytes, cpuName, findGpu, hasAvx2, threadCount } from './machine'
import type { Gpu } from './machine'
import { readSetupRecord } from './setup-record'
import type { NativeTensorflow } from './tensorflow'
import type { WasmEngine } from './wasm'

/** WebAssembly addresses 32 bits. */
const wasmHeapBytes = 4 * 2 ** 30

export function tensorflowReport(native: NativeTensorflow): EngineReport {
  const gpu = findGpu()
  const checked = `Native TensorFlow ${native.version} is installed and its gradients agree with the plain backend's`
  const versions = { ...commonVersions(), tensorflow: native.version }
  if (native.usesGpu) {
    return {
      kind: 'tensorflow',
      version: native.version,
      device: 'gpu',
      deviceName: gpu?.name ?? 'NVIDIA GPU',
      threadCount: threadCount(process.env),
      memoryBytes: gpu?.freeMemoryBytes ?? 0,
      why: `${checked}; it found a GPU.`,
      faster: [],
      versions: gpu === null ? versions : { ...versions, 'NVIDIA driver': gpu.driver },
    }
  }
  return {
    kind: 'tensorflow',
    version: native.version,
    device: 'cpu',
    deviceName: cpuName(),
    threadCount: threadCount(process.env),
    memoryBytes: availableMemoryBytes(),
    why: `${checked}; ${gpu === null ? 'no NVIDIA driver was found, so it runs on the CPU' : `it does not use the ${gpu.name}`}.`,
    faster: tensorflowHints(gpu),
    versions,
  }
}

export function wasmReport(wasm: WasmEngine, why: string): EngineReport {
  const record = readSetupRecord(process.env)
  const cause = record?.kind === 'none' ? ` The last set-up said: ${record.note}` : ''
  return {
    kind: 'wasm',
    version: wasm.version,
    device: 'cpu',
    deviceName: cpuName(),
    threadCount: wasm.threads.count,
    memoryBytes: Math.min(wasmHeapBytes, availableMemoryBytes()),
    why: `WebAssembly with SIMD is used because ${why}.`,
    faster: [
      `Native TensorFlow is several times faster: run "npm run setup" and read what it says about the engine.${cause}`,
    ],
    versions: { ...commonVersions(), 'tfjs-backend-wasm': wasm.version },
  }
}

export function plainReport(): EngineReport {
  return {
    kind: 'cpu',
    version: tf.version_core,
    device: 'cpu',
    deviceName: cpuName(),
    threadCount: 1,
    memoryBytes: availableMemoryBytes(),
    why: 'BITW_ENGINE=cpu asks for the plain JavaScript engine, which is for tests.',
    faster: ['Every other engine is tens of times faster: leave BITW_ENGINE out.'],
    versions: commonVersions(),
  }
}

function tensorflowHints(gpu: Gpu | null): string[] {
  const hints: string[] = []
  if (gpu === null) {
    hints.push(
      'A machine with an NVIDIA GPU (driver 525 or newer): "npm run setup" then fetches the GPU build of TensorFlow and its CUDA libraries.',
    )
  } else {
    const note = readSetupRecord(process.env)?.note ?? ''
    hints.push(
      `This machine has a ${gpu.name}: run "npm run setup" again, which fetches the GPU build of TensorFlow.${note === '' ? '' : ` The last set-up said: ${note}`}`,
    )
  }
  if (process.env['TF_ENABLE_ONEDNN_OPTS'] === '0') {
    hints.push(
      'TF_ENABLE_ONEDNN_OPTS=0 switches oneDNN off, which costs nearly half of the speed: leave it out.',
    )
  }
  const allCores = threadCount({})
  if (threadCount(process.env) < allCores) {
    hints.push(`BITW_THREADS limits it to ${threadCount(process.env)} of ${allCores} cores.`)
  }
  if (hasAvx2() === false) hints.push('A CPU with AVX2 or AVX-512: this one has neither.')
  return hints
}

function commonVersions(): Record<string, string> {
  return { node: process.versions.node, tfjs: tf.version_core }
}
