/** What computes, in words. Pure. */
import type { EngineReport } from '../contract/entities/model'

export const engineNames: Readonly<Record<EngineReport['kind'], string>> = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'Plain JavaScript',
}

/** What the report has versions of, as its makers write it. */
export const versionNames: Readonly<Record<string, string>> = {
  node: 'Node',
  tfjs: 'TensorFlow.js',
  tensorflow: 'TensorFlow',
  'tfjs-backend-wasm': 'TensorFlow.js WebAssembly',
  'tfjs-backend-webgpu': 'TensorFlow.js WebGPU',
  dawn: 'Dawn',
}

/** "GPU", "CPU, 2 threads": where it computes. */
export function deviceWords({ device, threadCount }: EngineReport): string {
  if (device === 'gpu') return 'GPU'
  return `CPU, ${threadCount === 1 ? '1 thread' : `${String(threadCount)} threads`}`
}

/** How a training step runs, and with which instructions our kernels in it work; null for reports from before it was told. */
export function stepWords({ recordedGraphs, instructionSet }: EngineReport): string | null {
  if (recordedGraphs === undefined) return null
  if (!recordedGraphs) return 'op by op'
  return instructionSet === undefined ? 'recorded graph' : `recorded graph, ${instructionSet}`
}

/** Null where it is not known. */
export function bfloat16Words({ recordedGraphs, hasBfloat16 }: EngineReport): string | null {
  if (recordedGraphs === false) return 'not available'
  if (hasBfloat16 === undefined) return null
  return hasBfloat16 ? 'in hardware' : 'emulated, slower than float32'
}
