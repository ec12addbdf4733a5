import { totalmem } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { version } from '../../../../package.json'
import type { EngineReport } from '../../../contract/entities/model'
import type { GraphEngine } from './tensorflow/graph-engine'
import { availableMemoryBytes, cpuName, findGpu, hasAvx2, threadCount } from '../../engine/machine'
import type { Gpu } from '../../engine/machine'
import { readSetupRecord } from '../../engine/setup-record'
import type { NativeTensorflow } from './tensorflow/tensorflow'
import type { WasmEngine } from './wasm/wasm'
import { heapBytes } from './wasm/module'
import type { WebgpuEngine } from './webgpu/webgpu'

/** What 'auto' passes over, and why. */
const notChosen =
  'WebGPU is used only if you choose it ("webgpu": its speed on graphics cards is not measured), plain JavaScript only for tests ("cpu").'

/** `graphs`: what records the steps, or why nothing does. */
export function tensorflowReport(native: NativeTensorflow, graphs: GraphEngine | string): EngineReport {
  const gpu = findGpu()
  const checked = `Native TensorFlow ${native.version} is installed and its gradients agree with the plain backend's`
  const versions = { ...commonVersions(), tensorflow: native.version }
  const recordedGraphs = typeof graphs !== 'string'
  const graphHints = recordedGraphs
    ? []
    : [`Recorded graphs are several times faster but cannot be used: ${graphs}. Run "npm run setup".`]
  if (native.usesGpu) {
    return {
      kind: 'tensorflow',
      version: native.version,
      device: 'gpu',
      deviceName: gpu?.name ?? 'NVIDIA GPU',
      threadCount: threadCount(process.env),
      memoryBytes: gpu?.memoryBytes ?? 0,
      why: `${checked}; it found a GPU. ${notChosen}`,
      faster: graphHints,
      versions: gpu === null ? versions : { ...versions, 'NVIDIA driver': gpu.driver },
      recordedGraphs,
      ...(recordedGraphs && graphs.hasBfloat16 !== null && { hasBfloat16: graphs.hasBfloat16 }),
    }
  }
  return {
    kind: 'tensorflow',
    version: native.version,
    device: 'cpu',
    deviceName: cpuName(),
    threadCount: threadCount(process.env),
    memoryBytes: availableMemoryBytes(),
    why: `${checked}; ${gpu === null ? 'no NVIDIA driver was found, so it runs on the CPU' : `it does not use the ${gpu.name}`}. ${notChosen}`,
    faster: [...graphHints, ...tensorflowHints(gpu)],
    versions,
    recordedGraphs,
    ...(recordedGraphs && graphFacts(graphs)),
  }
}

function graphFacts({ instructionSet, hasBfloat16 }: GraphEngine): Partial<EngineReport> {
  return {
    instructionSet: instructionSets[instructionSet] ?? instructionSet,
    ...(hasBfloat16 !== null && { hasBfloat16 }),
  }
}

/** The levels of x86-64 that our kernels are built for, by what they bring. */
const instructionSets: Readonly<Record<string, string>> = { v4: 'AVX-512', v3: 'AVX2', v2: 'SSE4' }

export function wasmReport({ version, threads }: WasmEngine, why: string): EngineReport {
  const record = readSetupRecord(process.env)
  const cause = record?.kind === 'none' ? ` The last setup said: ${record.note}` : ''
  const faster = [
    `Native TensorFlow is faster: run "npm run setup" and read its messages about the engine.${cause}`,
  ]
  if (threads.problem !== null) {
    faster.push(`It uses one thread, because the others could not start: ${threads.problem}.`)
  }
  return {
    kind: 'wasm',
    version,
    device: 'cpu',
    deviceName: cpuName(),
    threadCount: threads.count,
    memoryBytes: Math.min(heapBytes, availableMemoryBytes()),
    why: `WebAssembly with SIMD is used because ${why}; its gradients agree with the plain backend's. ${notChosen}`,
    faster: [...faster, ...threadHints()],
    versions: { ...commonVersions(), 'tfjs-backend-wasm': version },
    recordedGraphs: false,
  }
}

export function webgpuReport(webgpu: WebgpuEngine): EngineReport {
  return {
    kind: 'webgpu',
    version: webgpu.version,
    device: webgpu.isSoftware ? 'cpu' : 'gpu',
    deviceName: webgpu.deviceName,
    threadCount: 1,
    memoryBytes: webgpu.isSoftware ? availableMemoryBytes() : totalmem(),
    why: `You chose WebGPU; its gradients agree with the plain backend's.${webgpu.isSoftware ? ' The adapter is software, for tests.' : ''}`,
    faster: webgpu.isSoftware
      ? ['Every other engine is many times faster on this machine: do not choose "webgpu-software".']
      : ['On an NVIDIA card, native TensorFlow with CUDA: choose the engine "auto".'],
    versions: { ...commonVersions(), 'tfjs-backend-webgpu': webgpu.version, dawn: webgpu.dawnVersion },
    recordedGraphs: false,
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
    why: 'You chose the plain JavaScript engine ("cpu"); it is for tests.',
    faster: ['Every other engine is tens of times faster: do not choose "cpu".'],
    versions: commonVersions(),
    recordedGraphs: false,
  }
}

function tensorflowHints(gpu: Gpu | null): string[] {
  const hints: string[] = []
  if (gpu === null) {
    hints.push(
      'A machine with an NVIDIA GPU (driver 525 or newer): "npm run setup" then downloads the GPU build of TensorFlow and its CUDA libraries.',
    )
  } else {
    const note = readSetupRecord(process.env)?.note ?? ''
    hints.push(
      `This machine has a ${gpu.name}: run "npm run setup" again to download the GPU build of TensorFlow.${note === '' ? '' : ` The last setup said: ${note}`}`,
    )
  }
  if (process.env['TF_ENABLE_ONEDNN_OPTS'] === '0') {
    hints.push('TF_ENABLE_ONEDNN_OPTS=0 turns oneDNN off, which nearly halves the speed: unset it.')
  }
  hints.push(...threadHints())
  if (hasAvx2() === false) hints.push('A CPU with AVX2 or AVX-512: this one has neither.')
  return hints
}

function threadHints(): string[] {
  const allCores = threadCount({})
  const used = threadCount(process.env)
  return used < allCores ? [`BITW_THREADS limits it to ${used} of ${allCores} cores.`] : []
}

/** `workbench`: the version, and which sources it was built from. */
function commonVersions(): Record<string, string> {
  const workbench = `${version} ${__BITW_BUILD__.slice(0, 12)}`
  return { workbench, node: process.versions.node, tfjs: tf.version_core }
}
